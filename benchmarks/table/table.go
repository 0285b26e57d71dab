// Package table writes tables of Markdown that can be read as they stand: the cells are
// padded, so that one text does for a terminal and for a page.
package table

import (
	"io"
	"strings"
	"unicode/utf8"
)

// Table has rows of cells under a title.
type Table struct {
	Title string
	Heads []string // the first column is words, the others are figures: to the right
	Words int      // how many columns are words, if more than the first
	Rows  [][]string
	Notes []string // paragraphs below it
}

// Add adds a row.
func (t *Table) Add(cells ...string) { t.Rows = append(t.Rows, cells) }

// WriteTo writes the table, with its title as a heading of the third rank.
func (t *Table) WriteTo(w io.Writer) (int64, error) {
	n, err := io.WriteString(w, t.String())
	return int64(n), err
}

// String is the table as text.
func (t *Table) String() string {
	var out strings.Builder
	if t.Title != "" {
		out.WriteString("### " + t.Title + "\n\n")
	}
	widths := t.widths()
	t.line(&out, widths, t.Heads)
	out.WriteByte('|')
	for i, width := range widths {
		// The colon asks Markdown for what padding does in plain text.
		if i < max(1, t.Words) {
			out.WriteString(" " + strings.Repeat("-", width) + " |")
		} else {
			out.WriteString(" " + strings.Repeat("-", width-1) + ": |")
		}
	}
	out.WriteByte('\n')
	for _, row := range t.Rows {
		t.line(&out, widths, row)
	}
	for _, note := range t.Notes {
		out.WriteString("\n" + note + "\n")
	}
	return out.String()
}

func (t *Table) widths() []int {
	widths := make([]int, len(t.Heads))
	for i, head := range t.Heads {
		widths[i] = max(3, runes(head))
		for _, row := range t.Rows {
			if i < len(row) {
				widths[i] = max(widths[i], runes(row[i]))
			}
		}
	}
	return widths
}

// line writes a row; cells that it lacks are empty.
func (t *Table) line(out *strings.Builder, widths []int, row []string) {
	out.WriteByte('|')
	for i, width := range widths {
		cell := ""
		if i < len(row) {
			cell = escape(row[i])
		}
		pad := strings.Repeat(" ", width-utf8.RuneCountInString(cell))
		if i < max(1, t.Words) {
			out.WriteString(" " + cell + pad + " |")
		} else {
			out.WriteString(" " + pad + cell + " |")
		}
	}
	out.WriteByte('\n')
}

func runes(cell string) int { return utf8.RuneCountInString(escape(cell)) }

// escape keeps a cell from being two, or two lines.
func escape(cell string) string {
	return strings.NewReplacer("|", `\|`, "\n", " ").Replace(cell)
}
