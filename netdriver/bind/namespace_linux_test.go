package bind_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// inside is set in the environment of the process that has the namespaces.
const inside = "ZREQ_BIND_INSIDE"

// passed are the lines of tests that go well.
var passed = regexp.MustCompile(`(?m)^ *(=== .*|--- PASS: .*)\n`)

// skipped is in the output of a test that was not made, or not all of it.
var skipped = regexp.MustCompile(`(?m)^ *--- SKIP: `)

// testTwoLinks runs this test again as a process with a network of its own, where
// there are two ways to the server. Where the system refuses that, or a part of it,
// it is skipped, and so is what it proves: CI takes a skipped test for a failure.
func testTwoLinks(t *testing.T) {
	if os.Getenv(inside) != "" {
		twoLinks(t)
		return
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v", "-test.failfast", "-test.timeout=2m")
	cmd.Env = append(os.Environ(), inside+"=1", "GODEBUG=netdns=cgo") // only who insists on Go's resolver has it
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: unix.CLONE_NEWNET | unix.CLONE_NEWNS}
	if os.Getuid() != 0 {
		cmd.SysProcAttr.Cloneflags |= unix.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}}
	}
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	switch {
	case err == nil && skipped.Match(out):
		t.Skipf("in its own network:\n%s", passed.ReplaceAll(out, nil))
	case err == nil:
		t.Logf("in its own network:\n%s", passed.ReplaceAll(out, nil))
	case errors.As(err, &exit):
		t.Errorf("in its own network: %v\n%s", err, passed.ReplaceAll(out, nil))
	default:
		without(t, "no network of its own, and nothing tested with two links", err)
	}
}

// without skips a test for what the system does not let it do. Any other error fails it.
func without(t *testing.T, what string, err error) {
	t.Helper()
	for _, refusal := range []error{unix.EPERM, unix.EACCES, unix.ENOSYS, unix.EOPNOTSUPP, unix.EINVAL, unix.ENOSPC, unix.ENOENT} {
		if errors.Is(err, refusal) {
			t.Skipf("%s: %v", what, err)
		}
	}
	t.Fatalf("%s: %v", what, err)
}

// twoLinks is what the process inside does.
func twoLinks(t *testing.T) {
	w, err := newWorld(t)
	if err != nil {
		without(t, "no second link, and nothing tested with two", err)
	}
	t.Run("the unbound go by the route", w.unbound)
	t.Run("an interface is kept to", w.byInterface)
	t.Run("a source address is kept to", w.bySource)
	t.Run("a name that is too long", w.longName)
	t.Run("loopback is not bound", w.loopback)
	noNames := configureNames(t)
	t.Run("by name", func(t *testing.T) {
		if noNames != nil {
			without(t, "nothing tested with names", noNames)
		}
		t.Run("names", w.lookups)
		t.Run("names over TCP", w.lookupsOverTCP)
		t.Run("a local nameserver is not bound", w.localNameserver)
		t.Run("names over a resolver of one's own", w.ownResolver)
		t.Run("both versions of IP", w.eyeballs)
		t.Run("the other version of IP", w.family)
	})
	t.Run("a link-local source", func(t *testing.T) {
		if w.noIPv6 != nil {
			without(t, "no IPv6, and nothing tested with it", w.noIPv6)
		}
		w.linkLocal(t)
	})
	t.Run("conformance", w.conformance)
	t.Run("the state of a link", w.states)
	t.Run("a link is watched", w.watch)
	t.Run("a link is watched through a storm", w.watchStorm)
	t.Run("a call goes on over the other link", w.failover)
	t.Run("a link that is down", w.down)
	t.Run("a link without a carrier", w.noCarrier)
}

// configureNames replaces /etc/resolv.conf, for this process only.
func configureNames(t *testing.T) error {
	if err := unix.Mount("none", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("private mounts: %w", err)
	}
	file := filepath.Join(t.TempDir(), "resolv.conf")
	content := strings.Join([]string{
		"nameserver " + stub, "nameserver " + server, "options timeout:1 attempts:1", "",
	}, "\n")
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		return err
	}
	const system = "/etc/resolv.conf"
	if err := unix.Mount(file, system, "", unix.MS_BIND, ""); err != nil {
		return &fs.PathError{Op: "mount", Path: system, Err: err}
	}
	t.Cleanup(func() { _ = unix.Unmount(system, unix.MNT_DETACH) })
	return nil
}
