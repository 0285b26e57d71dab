package realtest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"

	_ "github.com/zreq-go/zreq/netdriver/std"
)

// inside is set in the environment of the process that has the namespaces.
const inside = "ZREQ_REALTEST_INSIDE"

// Temporary files are on a file system that ends with the namespace.
const temporary = "/mnt"

// hosts are the names of the tests. Proxies look them up as well.
const hosts = "127.0.0.1 localhost origin.test other.test\n127.0.0.2 " + serverHost + "\n"

const serverHost = "server.test"

// proxyUser as a user of the system. Nobody else has a password there.
const (
	passwdLine = proxyUser + ":x:65533:65534::/nonexistent:/usr/sbin/nologin\n"
	shadowLine = proxyUser + ":" + proxyPasswordHash + ":19000::::::\n"
)

// enter runs this program again as process 1 of its own namespaces and returns its exit
// code. If either process dies, the kernel ends everything inside.
func enter() int {
	runtime.LockOSThread() // Pdeathsig is about the thread that starts the process
	cmd := exec.Command("/proc/self/exe", os.Args[1:]...)
	cmd.Args[0] = os.Args[0]
	cmd.Env = append(os.Environ(), inside+"=1", "TMPDIR="+temporary)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: syscall.CLONE_NEWPID | syscall.CLONE_NEWNET | syscall.CLONE_NEWNS | syscall.CLONE_NEWIPC,
		Pdeathsig:  syscall.SIGKILL,
	}
	err := cmd.Run()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		return max(exit.ExitCode(), 1) // a signal is -1
	case os.Getuid() != 0:
		err = fmt.Errorf("these tests need root, for namespaces and servers: %w", err)
	}
	fmt.Fprintln(os.Stderr, "realtest:", err)
	return 1
}

// settle furnishes the namespaces.
func settle() error {
	_ = os.Unsetenv(inside) // so that this program can be run inside again
	for _, m := range []struct {
		source, target, kind string
		flags                uintptr
	}{
		{"none", "/", "", syscall.MS_REC | syscall.MS_PRIVATE}, // nothing below reaches the system
		{"proc", "/proc", "proc", 0},
		{"tmpfs", temporary, "tmpfs", 0},
		{"tmpfs", "/run", "tmpfs", 0},     // Dante leaves a file there
		{"tmpfs", "/dev/shm", "tmpfs", 0}, // and Squid there
	} {
		if err := syscall.Mount(m.source, m.target, m.kind, m.flags, ""); err != nil {
			return fmt.Errorf("mount %s: %w", m.target, err)
		}
	}
	if err := os.Chmod(temporary, 0o755); err != nil { // servers with other users go through it
		return err
	}
	if err := replace("/etc/hosts", hosts); err != nil {
		return err
	}
	passwd, err := os.ReadFile("/etc/passwd")
	if err != nil {
		return err
	}
	if err := replace("/etc/passwd", string(passwd)+passwdLine); err != nil {
		return err
	}
	if err := replace("/etc/shadow", shadowLine); err != nil {
		return err
	}
	if out, err := exec.Command("ip", "link", "set", "lo", "up").CombinedOutput(); err != nil {
		return fmt.Errorf("ip link set lo up: %w: %s%s", err, out, cure)
	}
	return nil
}

// replace gives a file of the system another content, in this mount namespace.
func replace(path, content string) error {
	own := filepath.Join(temporary, filepath.Base(path))
	if err := os.WriteFile(own, []byte(content), 0o644); err != nil {
		return err
	}
	if err := syscall.Mount(own, path, "", syscall.MS_BIND, ""); err != nil {
		return fmt.Errorf("replace %s: %w", path, err)
	}
	return nil
}
