// What the exercises' editor is made of; `npm install && npm run build` puts it into one file,
// ../static/exercises/editor.js, so that neither a page nor its reader needs another host.

import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { python } from "@codemirror/lang-python";
import {
  bracketMatching, indentOnInput, indentUnit, syntaxHighlighting,
} from "@codemirror/language";
import { EditorState, Prec } from "@codemirror/state";
import { drawSelection, EditorView, highlightSpecialChars, keymap, lineNumbers } from "@codemirror/view";
import { classHighlighter } from "@lezer/highlight";

/**
 * Put an editor for Python into an element.
 *
 * @param {HTMLElement} parent where it goes
 * @param {{text: string, label: string, describedBy: string, onChange: (text: string) => void,
 *          onCheck: () => void}} options what stands in it, what it is called, and whom it tells
 * @returns {{replace: (text: string) => void}} the editor
 */
export function makeEditor(parent, { text, label, describedBy, onChange, onCheck }) {
  const check = () => {
    onCheck();
    return true;
  };
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: text,
      extensions: [
        Prec.highest(keymap.of([{ key: "Shift-Enter", run: check }, { key: "Mod-Enter", run: check }])),
        keymap.of([...defaultKeymap, ...historyKeymap, indentWithTab]),
        history(), lineNumbers(), drawSelection(), highlightSpecialChars(),
        EditorView.lineWrapping,
        indentUnit.of("    "), EditorState.tabSize.of(4), indentOnInput(), bracketMatching(),
        python(), syntaxHighlighting(classHighlighter),
        EditorView.contentAttributes.of({ "aria-label": label, "aria-describedby": describedBy }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) onChange(update.state.doc.toString());
        }),
      ],
    }),
  });
  return {
    replace: (next) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: next } }),
  };
}
