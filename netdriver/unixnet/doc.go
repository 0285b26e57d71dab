// Package unixnet is a driver over one Unix socket of the operating system, for the
// services of the machine itself, such as Docker, Podman and snapd.
//
//	docker := unixnet.New("/run/docker.sock")
//	resp, err := zreq.Get(ctx, "http://docker/containers/json", &zreq.Args{Driver: docker})
//
// Every dial goes to the socket, whatever the URL says. The host of the URL is still sent
// as Host, and is the name that TLS verifies. Any host will do for most services: "docker"
// above stands for no machine and is not looked up. But kept connections are shared only
// among calls to the same host, and credentials are for one host only.
//
// The package does not register its driver. A program whose calls all go to one socket can
// do that:
//
//	netdriver.Register("snapd", unixnet.New("/run/snapd.socket"))
//
// # Paths
//
// A path may be relative to the working directory. On Linux, "@name" is the abstract
// socket of that name, which is not a file; a file of that name is "./@name". The system
// has a limit for the length of a path, 107 bytes on Linux and 103 on macOS. A dial to a
// path that no socket can have fails with [ErrPath] before anything else is done.
//
// Windows has Unix sockets from Windows 10 on, without abstract ones.
//
// # Connections
//
// Connections can do what those of package stdnet can: see [Conn].
//
// Linux refuses a connection at once if the server has too many that it has not accepted.
// Dial then tries again until its context ends, because over TCP the system waits as well.
package unixnet
