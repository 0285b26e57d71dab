package bind

import (
	"os"
	"strings"
	"syscall"
)

// bindsDevices: the system binds sockets to interfaces.
const bindsDevices = true

// nameBytes is how long the name of an interface can be. The system cuts a longer
// one, and binds to the interface that the rest names.
const nameBytes = 15

// bindDevice makes c use the interface of that name only.
func bindDevice(c syscall.RawConn, name string) error {
	bound := error(syscall.ENODEV)
	if len(name) <= nameBytes && !strings.Contains(name, "\x00") {
		if err := c.Control(func(fd uintptr) { bound = syscall.BindToDevice(int(fd), name) }); err != nil {
			return err
		}
	}
	return os.NewSyscallError("setsockopt", bound)
}
