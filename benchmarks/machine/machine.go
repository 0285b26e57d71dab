// Package machine says what was measured on, and with which versions of what.
package machine

import (
	"bufio"
	"cmp"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
)

// Machine is what a program runs on. What is not known is empty or 0.
type Machine struct {
	CPU    string
	Cores  int
	Memory int64 // bytes
	Kernel string
	Go     string
}

// This is the machine that this program runs on.
func This() Machine {
	return Machine{
		CPU:    cmp.Or(field("/proc/cpuinfo", "model name", "Model", "Hardware", "uarch", "cpu model"), runtime.GOARCH),
		Cores:  runtime.NumCPU(),
		Memory: kibibytes(field("/proc/meminfo", "MemTotal")),
		Kernel: strings.TrimSpace(runtime.GOOS + " " + line("/proc/sys/kernel/osrelease")),
		Go:     runtime.Version() + " " + runtime.GOOS + "/" + runtime.GOARCH,
	}
}

// field is the value of the first of the names that a file of the kernel gives one for.
func field(file string, names ...string) string {
	f, err := os.Open(file)
	if err != nil {
		return ""
	}
	defer f.Close()
	values := make(map[string]string)
	for lines := bufio.NewScanner(f); lines.Scan(); {
		name, value, _ := strings.Cut(lines.Text(), ":")
		if name = strings.TrimSpace(name); values[name] == "" {
			values[name] = strings.TrimSpace(value)
		}
	}
	for _, name := range names {
		if values[name] != "" {
			return values[name]
		}
	}
	return ""
}

func kibibytes(value string) int64 {
	n, _ := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(value, "kB")), 10, 64)
	return n << 10
}

func line(file string) string {
	text, _ := os.ReadFile(file)
	return strings.TrimSpace(string(text))
}

// Version is that of a peer.
type Version struct{ Name, Version string }

// Versions are those of this repository, of the modules that are linked, of those named,
// and of curl. Those that are not there are left out.
func Versions(modules ...string) []Version {
	var versions []Version
	// What go run builds does not say what it was built of.
	if out, err := exec.Command("git", "describe", "--always", "--dirty").Output(); err == nil {
		versions = append(versions, Version{"zreq", strings.TrimSpace(string(out))})
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		linked := make(map[string]string)
		for _, dep := range info.Deps {
			linked[dep.Path] = dep.Version
		}
		for _, module := range modules {
			if linked[module] != "" {
				versions = append(versions, Version{module, linked[module]})
			}
		}
	}
	if out, err := exec.Command("curl", "--version").Output(); err == nil {
		if words := strings.Fields(string(out)); len(words) > 1 {
			versions = append(versions, Version{"curl", words[1]})
		}
	}
	return versions
}

// String is the machine in one line.
func (m Machine) String() string {
	words := []string{m.CPU, fmt.Sprintf("%d cores", m.Cores)}
	if m.Memory > 0 {
		words = append(words, fmt.Sprintf("%.1f GiB", float64(m.Memory)/(1<<30)))
	}
	return strings.Join(append(words, m.Kernel, m.Go), ", ")
}
