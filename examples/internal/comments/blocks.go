package comments

import (
	"go/scanner"
	"go/token"
	"regexp"
	"slices"
	"strings"
)

var (
	command  = regexp.MustCompile(`^(cd|go|bash|tinygo) `)
	target   = regexp.MustCompile(`\./[\w/]+`)
	changing = regexp.MustCompile(`^cd (\S+)(?: && |$)`)
)

func isCommands(text string) bool {
	for line := range strings.Lines(text) {
		if !command.MatchString(line) {
			return false
		}
	}
	return true
}

// A testFile has the imports of a file, and the tokens of each test and example in it.
type testFile struct {
	imports []string
	tests   [][]string
}

func (f testFile) runs(imports, want []string) bool {
	for _, path := range imports {
		if !slices.Contains(f.imports, path) {
			return false
		}
	}
	if len(want) == 0 {
		return true // importing it is all there is to run
	}
	return slices.ContainsFunc(f.tests, func(all []string) bool {
		for ; len(all) >= len(want); all = all[1:] {
			if slices.Equal(all[:len(want)], want) {
				return true
			}
		}
		return false
	})
}

// inside makes the paths of a card or a disk relative, so that a test can have them.
var inside = strings.NewReplacer(`"/media/`, `"media/`, `"/data/`, `"data/`)

// tokens returns the paths that code imports, and the rest of it without comments and
// ends of lines.
func tokens(code string) (imports, rest []string) {
	text := []byte(inside.Replace(code))
	var s scanner.Scanner
	set := token.NewFileSet()
	s.Init(set.AddFile("", -1, len(text)), text, func(token.Position, string) {}, 0)
	importing, group := false, false
	for {
		_, kind, literal := s.Scan()
		switch {
		case kind == token.EOF:
			return imports, rest
		case kind == token.IMPORT:
			importing = true
		case importing && kind == token.STRING:
			imports = append(imports, literal)
		case importing && kind == token.LPAREN:
			group = true
		case importing && kind == token.RPAREN:
			group = false
		case importing:
			importing = group || kind != token.SEMICOLON
		case kind == token.SEMICOLON: // a line end, or what stands for it
		case literal != "":
			rest = append(rest, literal)
		default:
			rest = append(rest, kind.String())
		}
	}
}
