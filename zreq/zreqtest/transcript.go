package zreqtest

import (
	"os"
	"strconv"
	"strings"
	"testing"
)

// A Dialogue is a transcript in txtar form: one or more lines that state the rule it
// shows, and then sections, each after a line "-- name --".
type Dialogue struct {
	Rule     string
	Sections []Section
}

// A Section is a part of a Dialogue.
type Section struct {
	Name string
	Text string // as in the file; each line ends in a line feed
}

// Transcript reads a Dialogue from file. If it cannot, it ends the test.
func Transcript(t testing.TB, file string) *Dialogue {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("zreqtest: %v", err)
	}
	d := ParseTranscript(string(text))
	if d.Rule == "" {
		t.Fatalf("zreqtest: %s: a transcript begins with the rule it shows", file)
	}
	return d
}

// ParseTranscript parses text as a Dialogue. Lines may end in CR LF.
func ParseTranscript(text string) *Dialogue {
	d := new(Dialogue)
	var part strings.Builder
	end := func() {
		if len(d.Sections) == 0 {
			d.Rule = strings.TrimSpace(part.String())
		} else {
			d.Sections[len(d.Sections)-1].Text = part.String()
		}
		part.Reset()
	}
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		name, ok := strings.CutPrefix(line, "-- ")
		name, closed := strings.CutSuffix(name, " --")
		if ok && closed {
			end()
			d.Sections = append(d.Sections, Section{Name: strings.TrimSpace(name)})
			continue
		}
		part.WriteString(line + "\n")
	}
	end()
	return d
}

// Section returns the first section with the given name.
func (d *Dialogue) Section(name string) (s Section, ok bool) {
	for _, s := range d.Sections {
		if s.Name == name {
			return s, true
		}
	}
	return Section{}, false
}

// Wire returns the text as it is sent. Each line ends in CR LF, or in nothing if its last
// character is a backslash. Within a line, \r, \n, \t, \\ and \x1f are escapes as in Go;
// so \n\ ends a line in a bare line feed. An escape that Go does not know is left as it
// is.
func (s Section) Wire() string {
	var wire []byte
	for line := range strings.Lines(s.Text) {
		line = strings.TrimSuffix(line, "\n")
		for line != "" && line != `\` {
			c, multibyte, rest, err := strconv.UnquoteChar(line, 0)
			switch {
			case err != nil:
				wire, rest = append(wire, line[0]), line[1:]
			case multibyte:
				wire = append(wire, string(c)...)
			default:
				wire = append(wire, byte(c))
			}
			line = rest
		}
		if line == "" {
			wire = append(wire, "\r\n"...)
		}
	}
	return string(wire)
}
