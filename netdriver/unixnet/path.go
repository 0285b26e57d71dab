package unixnet

import (
	"errors"
	"strconv"
	"strings"
)

// ErrPath means that no socket can have the path that [New] was given. The error of the
// dial says why, and what to do.
var ErrPath = errors.New("not the path of a Unix socket")

// A pathError says what is wrong with a path.
type pathError struct{ path, cure string }

func (e *pathError) Error() string {
	return "unix socket " + strconv.Quote(e.path) + ": " + e.cure
}

// Is reports whether target is ErrPath.
func (*pathError) Is(target error) bool { return target == ErrPath }

// Permanent returns true: another dial would fail as well.
func (*pathError) Permanent() bool { return true }

// checkPath returns an error for a path that no socket can have.
func checkPath(path string) error {
	isAbstract := strings.HasPrefix(path, "@")
	longest := addressBytes
	if !isAbstract {
		longest-- // the system ends a path with a NUL
	}
	var cure string
	switch {
	case addressBytes == 0:
		cure = "this system has no Unix sockets: use another driver"
	case path == "":
		cure = "the path is missing: give New one, such as /run/docker.sock"
	case isAbstract && !hasAbstract:
		cure = "only Linux has abstract sockets: give the path of a file, which is ./" + path + " if the file has that name"
	case path == "@":
		cure = "the name is missing: an abstract socket is @name"
	case strings.Contains(path, "\x00"):
		cure = "remove the NUL byte: an abstract socket is @name"
	case len(path) > longest:
		cure = "it has " + strconv.Itoa(len(path)) + " bytes, and this system allows " + strconv.Itoa(longest) +
			": give a shorter one, such as one relative to the working directory, or a symbolic link to it"
	default:
		return nil
	}
	return &pathError{path, cure}
}
