package realtest

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/matryer/is"
)

// ending is how a run inside a run of TestNothingSurvives is to end.
const ending = "ZREQ_REALTEST_ENDING"

// Servers end with the test, also if it can clean up nothing.
func TestNothingSurvives(t *testing.T) {
	switch os.Getenv(ending) {
	case "":
		t.Run("killed", func(t *testing.T) { testEnding(t, "killed") })
		t.Run("panicked", func(t *testing.T) { testEnding(t, "panicked") })
	case "killed":
		startNginx(t, newOrigin(t).plain)
		fmt.Println("started")
		select {}
	case "panicked":
		startNginx(t, newOrigin(t).plain)
		fmt.Println("started")
		_, _ = bufio.NewReader(os.Stdin).ReadString('\n')
		go panic("in a goroutine, which nothing recovers")
		select {}
	}
}

func testEnding(t *testing.T, how string) {
	is := is.New(t)
	cmd := exec.Command("/proc/self/exe", "-test.run=^TestNothingSurvives$")
	cmd.Env = append(os.Environ(), ending+"="+how)
	in, err := cmd.StdinPipe()
	is.NoErr(err)
	out, err := cmd.StdoutPipe()
	is.NoErr(err)
	is.NoErr(cmd.Start()) // the test runs inside the test
	defer cmd.Wait()
	defer cmd.Process.Kill()
	line, err := bufio.NewReader(out).ReadString('\n')
	is.NoErr(err) // it says something
	is.Equal(line, "started\n")
	await(t, "nginx and its two workers run in the test", func() bool { return len(inner(t)) >= 4 })
	if how == "killed" {
		is.NoErr(cmd.Process.Kill())
	}
	_ = in.Close()
	await(t, "all processes have ended", func() bool { return len(inner(t)) == 0 })
}

// inner returns the processes in namespaces below this one. The status of a process
// lists its number in each namespace that it is in (NSpid).
func inner(t *testing.T) (found []string) {
	t.Helper()
	statuses, err := filepath.Glob("/proc/[0-9]*/status")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range statuses {
		status, err := os.ReadFile(name)
		if err != nil {
			continue // it has just ended
		}
		zombie, below := false, false
		for line := range strings.Lines(string(status)) {
			zombie = zombie || strings.HasPrefix(line, "State:\tZ")
			below = below || strings.HasPrefix(line, "NSpid:") && len(strings.Fields(line)) > 2
		}
		if below && !zombie {
			found = append(found, name)
		}
	}
	return found
}
