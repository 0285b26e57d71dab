// Terminal draws what it reads as the picture of a terminal, in SVG. The pictures of the
// README are made by it:
//
//	go generate ./examples/ota
package main

import (
	"bufio"
	"fmt"
	"html"
	"io"
	"os"
	"strings"
	"unicode/utf8"
)

func main() {
	if err := draw(os.Stdout, os.Stdin, strings.Join(os.Args[1:], " ")); err != nil {
		fmt.Fprintln(os.Stderr, "terminal:", err)
		os.Exit(1)
	}
}

// The size of a character in a monospaced font, and of the border, in pixels.
const (
	fontSize = 13
	advance  = 7.85
	line     = 18
	border   = 16
)

// draw writes the picture of a terminal in which command has printed what in has.
func draw(out io.Writer, in io.Reader, command string) error {
	rows := []string{"$ " + command}
	for scanner := bufio.NewScanner(in); ; {
		if !scanner.Scan() {
			if err := scanner.Err(); err != nil {
				return err
			}
			break
		}
		rows = append(rows, scanner.Text())
	}
	columns := 0
	for _, row := range rows {
		columns = max(columns, utf8.RuneCountInString(row))
	}
	width, height := 2*border+int(advance*float64(columns)), 2*border+line*len(rows)
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" role="img" aria-label="%s">`+"\n",
		width, height, width, height, html.EscapeString("output of "+command))
	fmt.Fprintf(&b, `<rect width="100%%" height="100%%" rx="8" fill="#16181d"/>`+"\n")
	fmt.Fprintf(&b, `<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="%d" fill="#d7dae0">`+"\n", fontSize)
	for i, row := range rows {
		fill := ""
		switch {
		case i == 0:
			fill = ` fill="#98c379"`
		case strings.HasPrefix(row, " "):
			fill = ` fill="#8b93a3"` // what explains the row above
		}
		fmt.Fprintf(&b, `<text x="%d" y="%d"%s xml:space="preserve">%s</text>`+"\n", border, border+line*i+fontSize, fill, html.EscapeString(row))
	}
	b.WriteString("</g>\n</svg>\n")
	_, err := io.WriteString(out, b.String())
	return err
}
