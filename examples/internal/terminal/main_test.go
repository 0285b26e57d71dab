package main

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/matryer/is"
)

// TestDraw: the picture is XML, and has the lines as they were.
func TestDraw(t *testing.T) {
	is := is.New(t)
	var picture strings.Builder
	is.NoErr(draw(&picture, strings.NewReader("a <b> & \"c\"\n  100 %\n"), "go run ."))
	var lines []string
	for decoder := xml.NewDecoder(strings.NewReader(picture.String())); ; {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		is.NoErr(err)
		if text, ok := token.(xml.CharData); ok && strings.TrimSpace(string(text)) != "" {
			lines = append(lines, string(text))
		}
	}
	is.Equal(lines, []string{"$ go run .", `a <b> & "c"`, "  100 %"})
}
