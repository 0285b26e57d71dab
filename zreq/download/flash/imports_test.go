package flash_test

import (
	"go/build"
	"slices"
	"testing"
)

// testImportsOfAMicrocontroller: this is all that its program gets from the package.
func testImportsOfAMicrocontroller(t *testing.T) {
	tinygo := build.Default
	tinygo.BuildTags = append(slices.Clone(tinygo.BuildTags), "tinygo")
	p, err := tinygo.ImportDir(".", 0)
	if err != nil {
		t.Fatal(err)
	}
	allowed := []string{"errors", "hash/crc32", "io", "math", "strconv"}
	for _, imported := range p.Imports {
		if !slices.Contains(allowed, imported) {
			t.Errorf("%s is imported at %v", imported, p.ImportPos[imported])
		}
	}
}
