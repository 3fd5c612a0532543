// A plain field of text, with the face of editor.js, for where that could not be loaded.

export function makeEditor(parent, { text, label, describedBy, onChange, onCheck }) {
  const field = Object.assign(document.createElement("textarea"), { value: text, spellcheck: false });
  field.rows = text.split("\n").length + 1;
  field.setAttribute("aria-label", label);
  field.setAttribute("aria-describedby", describedBy);
  field.addEventListener("input", () => onChange(field.value));
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.shiftKey || event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    onCheck();
  });
  parent.append(field);
  return {
    replace(next) {
      field.value = next;
      onChange(next);
    },
  };
}
