package memory

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"

	"github.com/zreq-go/zreq/benchmarks/origin"
)

// role has, in the environment, the task of a child process.
const role = "ZREQ_BENCHMARKS_MEMORY"

// task is what a child process measures.
type task struct {
	Idle        bool // or else growth
	Peer        string
	TLS         bool
	Connections int
	Length      int64  // of the body that is streamed
	Address     string // of the server
	Roots       []byte

	config *tls.Config
}

// Main does the task of a child process, if this is one, and does not return then. It
// comes first in main, beside origin.Main.
func Main() {
	text := os.Getenv(role)
	if text == "" {
		return
	}
	if err := work(text); err != nil {
		fmt.Fprintln(os.Stderr, "memory:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

func work(text string) error {
	var t task
	if err := json.Unmarshal([]byte(text), &t); err != nil {
		return err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(t.Roots)
	t.config = &tls.Config{RootCAs: roots}
	var result any
	var err error
	if t.Idle {
		result, err = t.idle()
	} else {
		result, err = t.growth()
	}
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(result)
}

// url is that of a path on the server.
func (t *task) url(path string) string {
	if t.TLS {
		return "https://" + t.Address + path
	}
	return "http://" + t.Address + path
}

// run has a child process do the task and reads what it measured.
func (t task) run(o *origin.Origin, result any) error {
	t.Address, t.Roots = o.Plain, o.Roots
	if t.TLS {
		t.Address = o.TLS
	}
	text, err := json.Marshal(&t)
	if err != nil {
		return err
	}
	program, err := os.Executable()
	if err != nil {
		return err
	}
	child := exec.Command(program)
	child.Env = append(environment(), role+"="+string(text))
	out, err := child.Output()
	if err == nil {
		err = json.Unmarshal(out, result)
	}
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			err = errors.New(strings.TrimSpace(string(exit.Stderr)))
		}
		return fmt.Errorf("%s: %w", t.Peer, err)
	}
	return nil
}

// environment is that of all who are measured: nobody's collector is told anything.
func environment() []string {
	return slices.DeleteFunc(os.Environ(), func(s string) bool {
		name, _, _ := strings.Cut(s, "=")
		return name == "GOGC" || name == "GOMEMLIMIT" || name == "GODEBUG" || name == "GOMAXPROCS"
	})
}

var errPeer = errors.New("this is no peer")

// levels are what the process holds: bytes of the heap and of stacks, and goroutines.
type levels struct {
	heap, stack int64
	goroutines  int
}

// settle collects until nothing is left to collect, pools and finalizers included.
func settle() levels {
	for range 5 {
		runtime.GC()
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return levels{int64(m.HeapAlloc), int64(m.StackInuse), runtime.NumGoroutine()}
}
