package main

import (
	"bytes"
	"os"
	"path/filepath"

	"github.com/zreq-go/zreq/benchmarks/present"
)

// write writes the page and its charts into a folder.
func write(page *present.Page, folder string) error {
	charts := filepath.Join(folder, "charts")
	if err := os.MkdirAll(charts, 0o755); err != nil {
		return err
	}
	for _, drawing := range page.Charts() {
		var svg bytes.Buffer
		if err := drawing.WriteSVG(&svg); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(charts, drawing.File), svg.Bytes(), 0o644); err != nil {
			return err
		}
	}
	return os.WriteFile(filepath.Join(folder, "REPORT.md"), []byte(page.String()), 0o644)
}
