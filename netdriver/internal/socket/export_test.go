package socket

// Keep tells c an error, as a system call does.
func Keep(c *Conn, err error) { c.broke.keep(err) }
