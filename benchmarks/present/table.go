package present

import (
	"strings"
	"unicode/utf8"
)

// Table has rows of cells, which are padded, so that one text does for a terminal and for a page
// of Markdown.
type Table struct {
	Title string // a heading of the third rank
	Words int    // how many columns are words; the others are figures, to the right
	Rows  [][]string
}

// Add adds a row. The first has the heads.
func (t *Table) Add(cells ...string) {
	for i, cell := range cells { // no cell is two, or two lines
		cells[i] = strings.NewReplacer("|", `\|`, "\n", " ").Replace(cell)
	}
	t.Rows = append(t.Rows, cells)
}

// String is the table as text.
func (t *Table) String() string {
	var out strings.Builder
	if t.Title != "" {
		out.WriteString("### " + t.Title + "\n\n")
	}
	widths := make([]int, len(t.Rows[0]))
	for _, row := range t.Rows {
		for i, cell := range row {
			widths[i] = max(3, widths[i], utf8.RuneCountInString(cell))
		}
	}
	for r, row := range t.Rows {
		rule := "|"
		out.WriteByte('|')
		for i, cell := range row {
			pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			if i < t.Words {
				out.WriteString(" " + cell + pad + " |")
				rule += " " + strings.Repeat("-", widths[i]) + " |"
			} else { // the colon asks Markdown for what padding does in plain text
				out.WriteString(" " + pad + cell + " |")
				rule += " " + strings.Repeat("-", widths[i]-1) + ": |"
			}
		}
		if out.WriteByte('\n'); r == 0 {
			out.WriteString(rule + "\n")
		}
	}
	return out.String()
}
