"""The map of the course."""

from __future__ import annotations

from rnn_utils.drawings.sketch import BLUE, GREEN, PURPLE, RED, Drawing, Sketch

PARTS = {
    "I  The state": (
        BLUE,
        ("00 Start", "01 The loop", "02 One cell", "03 tanh", "04 Output", "05 Forward"),
    ),
    "II  Training": (
        GREEN,
        ("06 One step back", "07 Through time", "08 Training", "09 A series", "10 Words"),
    ),
    "III  Limits and remedies": (
        RED,
        ("11 Vanishing", "12 LSTM", "13 GRU", "14 Deep, two-way", "15 Images"),
    ),
    "IV  Recurrence today": (
        PURPLE,
        ("16 Attention", "17 Linear scans", "18 PyTorch", "19 Your project"),
    ),
}
QUESTIONS = (
    "How can a network remember?",
    "How does it learn what to remember?",
    "Why does it forget, and what helps?",
    "What became of it?",
)


def course_map() -> Drawing:
    """Draw the course: its four parts, the question of each, and its lessons in order.

    Returns:
        the drawing.

    Example:
        >>> "12 LSTM" in course_map().alt
        True
    """
    sheet = Sketch(0)
    y = 4.0
    told: list[str] = []
    for question, (part, (colour, lessons)) in zip(QUESTIONS, PARTS.items(), strict=True):
        if told:
            sheet.arrow((26, y - 12), (26, y + 8), width=2.5)
            y += 10
        rows = [lessons[k : k + 3] for k in range(0, len(lessons), 3)]
        tall = 52 + 36 * len(rows)
        sheet.box((200, y + tall / 2), 396, tall, colour=colour, filled=0.06)
        sheet.text((14, y + 16), f"Part {part}", anchor="start", bold=True, colour=colour)
        sheet.text((14, y + 35), question, anchor="start", size=13)
        for row, names in enumerate(rows):
            for column, name in enumerate(names):
                place = (70 + column * 130, y + 64 + 36 * row)
                sheet.box(place, 122, 28, name, colour=colour, size=12)
                if column:
                    sheet.arrow((place[0] - 69, place[1]), (place[0] - 61, place[1]))
        y += tall + 12
        told.append(f"Part {part}: {question} {', '.join(lessons)}.")
    sheet.height = y - 8
    return sheet.finish("The course as a map of four parts. " + " ".join(told))
