package download_test

import (
	"go/build"
	"slices"
	"testing"
)

// TestImportsWithoutAnOperatingSystem: what is built for a microcontroller has no file, no
// socket and no system call in it. Jobs, sinks and checkpoints are such code.
func TestImportsWithoutAnOperatingSystem(t *testing.T) {
	tinygo := build.Default
	tinygo.BuildTags = append(slices.Clone(tinygo.BuildTags), "tinygo")
	p, err := tinygo.ImportDir(".", 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, imported := range p.Imports {
		switch imported {
		case "os", "io/fs", "path/filepath", "syscall", "net", "net/http", "net/url", "fmt", "log", "reflect", "unsafe", "golang.org/x/sys/unix":
			t.Errorf("%s is imported at %v", imported, p.ImportPos[imported])
		}
	}
	for _, file := range []string{"sink.go", "store.go", "args.go", "errors.go"} {
		if !slices.Contains(p.GoFiles, file) {
			t.Errorf("%s is not built for a microcontroller", file)
		}
	}
	for _, file := range []string{"file.go", "save.go"} {
		if slices.Contains(p.GoFiles, file) {
			t.Errorf("%s is built for a microcontroller", file)
		}
	}
}
