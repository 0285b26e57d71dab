package present

import (
	"fmt"
	"slices"
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
	rule := make([]string, len(widths))
	for i, width := range widths {
		rule[i] = strings.Repeat("-", width)
		if i >= t.Words { // the colon asks Markdown for what padding does in plain text
			rule[i] = rule[i][1:] + ":"
		}
	}
	for _, row := range slices.Insert(slices.Clone(t.Rows), 1, rule) {
		for i, cell := range row {
			width := widths[i]
			if i < t.Words {
				width = -width // to the left
			}
			fmt.Fprintf(&out, "| %*s ", width, cell)
		}
		out.WriteString("|\n")
	}
	return out.String()
}
