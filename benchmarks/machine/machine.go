// Package machine says what was measured on, and with which versions of what.
package machine

import (
	"cmp"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
)

// This is the machine in one line. What is not known is left out.
func This() string {
	cpu := find("/proc/cpuinfo", `(?m)^(?:model name|Model|Hardware|uarch|cpu model)\s*:\s*(.+)$`)
	words := []string{cmp.Or(cpu, runtime.GOARCH), fmt.Sprintf("%d cores", runtime.NumCPU())}
	if kib, err := strconv.ParseFloat(find("/proc/meminfo", `(?m)^MemTotal:\s*(\d+)`), 64); err == nil {
		words = append(words, fmt.Sprintf("%.1f GiB", kib/(1<<20)))
	}
	if load := find("/proc/loadavg", `\S+`); load != "" { // who else is at work matters
		words = append(words, "load "+load+" before")
	}
	kernel := strings.TrimSpace(runtime.GOOS + " " + find("/proc/sys/kernel/osrelease", `\S+`))
	return strings.Join(append(words, kernel, runtime.Version()+" "+runtime.GOOS+"/"+runtime.GOARCH), ", ")
}

// find is what a pattern finds in a file of the kernel: its group, or all of it.
func find(file, pattern string) string {
	text, _ := os.ReadFile(file)
	found := regexp.MustCompile(pattern).FindSubmatch(text)
	if found == nil {
		return ""
	}
	return strings.TrimSpace(string(found[len(found)-1]))
}

// Commit is that of this repository; "" if it is not known. What go run builds does not say
// what it was built of.
func Commit() string {
	out, _ := exec.Command("git", "describe", "--always", "--dirty").Output()
	return strings.TrimSpace(string(out))
}

// Versions are those of the modules that are linked, of those named, and of curl: "fasthttp
// v1.74.0".
func Versions(modules ...string) (versions []string) {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, dep := range info.Deps {
			for _, module := range modules {
				if strings.Contains(dep.Path+"/", "/"+module+"/") {
					versions = append(versions, module+" "+dep.Version)
				}
			}
		}
	}
	curl, _ := exec.Command("curl", "--version").Output()
	if words := strings.Fields(string(curl)); len(words) > 1 {
		versions = append(versions, "curl "+words[1])
	}
	return append(versions, "net/http "+runtime.Version())
}
