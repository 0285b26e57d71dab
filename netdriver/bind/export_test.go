package bind

import "syscall"

// Control binds the socket of one address, as Dial has it done.
func (d *Driver) Control(address string, c syscall.RawConn) error {
	return d.binding().control("", address, c)
}

// ReasonOf is what the error of a socket means.
var ReasonOf = reasonOf
