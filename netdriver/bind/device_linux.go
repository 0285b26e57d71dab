package bind

import (
	"os"
	"strings"
	"syscall"
)

// bindsDevices says whether the system binds sockets to interfaces.
const bindsDevices = true

// nameBytes is the longest name of an interface. The system cuts a longer name, and would
// bind to the interface that the rest names.
const nameBytes = 15

// bindDevice makes c use only the interface of that name.
func bindDevice(c syscall.RawConn, name string) error {
	bound := error(syscall.ENODEV)
	if len(name) <= nameBytes && !strings.Contains(name, "\x00") {
		if err := c.Control(func(fd uintptr) { bound = syscall.BindToDevice(int(fd), name) }); err != nil {
			return err
		}
	}
	return os.NewSyscallError("setsockopt", bound)
}
