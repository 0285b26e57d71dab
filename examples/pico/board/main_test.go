//go:build !tinygo

package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/matryer/is"
)

// TestProgramCompiles: main.go fits package netdev, the driver of the chip and what TinyGo's
// package machine has, of which testdata has a copy without a body.
func TestProgramCompiles(t *testing.T) {
	is := is.New(t)
	root, err := exec.Command("go", "env", "GOROOT").Output()
	is.NoErr(err)
	stub, err := filepath.Abs("testdata/machine/machine.go")
	is.NoErr(err)
	place := filepath.Join(strings.TrimSpace(string(root)), "src/machine/machine.go")
	text, err := json.Marshal(map[string]map[string]string{"Replace": {place: stub}})
	is.NoErr(err)
	overlay := filepath.Join(t.TempDir(), "overlay.json")
	is.NoErr(os.WriteFile(overlay, text, 0o600))
	out, err := exec.Command("go", "build", "-tags=tinygo", "-overlay="+overlay, "-o="+os.DevNull, ".").CombinedOutput()
	is.Equal(string(out), "")
	is.NoErr(err)
}
