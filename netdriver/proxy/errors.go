package proxy

import (
	"errors"
	"strconv"

	"github.com/zreq-go/zreq/netdriver"
)

// Reasons of an [Error].
var (
	// ErrRefused means that the proxy does not make the connection. Status or Reply of
	// the [Error] says why.
	ErrRefused = errors.New("the proxy did not connect")
	// ErrNoCredentials means that the proxy wants a user and a password.
	ErrNoCredentials = errors.New("the proxy wants a user and a password: set those of Options, or of the URL in the environment")
	// ErrCredentials means that the proxy does not accept the user and the password.
	ErrCredentials = errors.New("the proxy does not accept the user and the password")
	// ErrScheme means that the proxy wants an authentication other than Basic (HTTP), or
	// by user and password (SOCKS5). Status or Page may tell more.
	ErrScheme = errors.New("the proxy wants an authentication that is not supported: only Basic is, and user and password for SOCKS5")
	// ErrNoTLS means that the proxy is an https one and there is no TLS to reach it with.
	ErrNoTLS = errors.New(`no TLS for an https proxy: set Options.TLS, or import _ "github.com/zreq-go/zreq/netdriver/std"`)
	// ErrProtocol means that the peer does not answer as such a proxy does. Perhaps the
	// address is that of another server, or of another kind of proxy.
	ErrProtocol = errors.New("the peer does not answer as a proxy of this kind")
	// ErrAddress means that a proxy cannot be asked for the address.
	ErrAddress = errors.New("a proxy cannot be asked for this address")
)

// An Error is a dial that failed at the proxy, on the way to it, or because the proxy
// failed to connect. It contains no credentials.
type Error struct {
	Proxy   string // the address of the proxy, host:port
	Address string // what it was asked for, "" if the connection to the proxy itself failed
	Reason  error  // ErrRefused or another error above, which errors.Is finds; nil for an error of the network
	Status  int    // the status with which an HTTP proxy answered, or 0
	Reply   Reply  // the reply code of a SOCKS5 proxy, or 0
	Page    []byte // the first 4 KiB of the content of the answer, as the proxy sent it
	Err     error  // the error of the network or of the answer, or nil
}

// Error names the proxy, the address, and what went wrong. It does not show the Page.
func (e *Error) Error() string {
	text := "proxy " + e.Proxy + ": "
	if e.Address != "" {
		text += "connect to " + e.Address + ": "
	}
	switch {
	case e.Reason == nil && e.Err == nil:
		return text + "no connection"
	case e.Reason == nil:
		return text + e.Err.Error()
	}
	text += e.Reason.Error()
	switch {
	case e.Status != 0:
		text += ": status " + strconv.Itoa(e.Status) + meaning(e.Status)
	case e.Reply != 0:
		text += ": " + e.Reply.String()
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// meaning returns what the statuses that proxies send most say of a tunnel.
func meaning(status int) string {
	switch status {
	case 403:
		return ", its rules do not allow it"
	case 405, 501:
		return ", it opens no tunnels"
	case 502, 503, 504:
		return ", it cannot reach the server"
	}
	return ""
}

// Is reports whether target is the Reason.
func (e *Error) Is(target error) bool { return e.Reason != nil && target == e.Reason }

// Unwrap returns Err.
func (e *Error) Unwrap() error { return e.Err }

// Permanent reports whether the proxy would give the same answer again: it does not allow
// the address, does not accept the credentials, or is not such a proxy. If it could not
// reach the server, or is overloaded, another dial may succeed.
func (e *Error) Permanent() bool {
	switch {
	case e.Reason == nil:
		return netdriver.IsPermanent(e.Err)
	case e.Reason == ErrRefused && e.Status != 0:
		return !isTemporary(e.Status)
	case e.Reason == ErrRefused:
		return e.Reply.permanent()
	}
	return true
}

// Answered reports whether the proxy works, and only this address cannot be had through it:
// it does not allow it, or the server has refused. See [netdriver.Driver].
func (e *Error) Answered() bool {
	return e.Status == 403 || e.Reply == ReplyNotAllowed || e.Reply == ReplyConnectionRefused
}

// isTemporary reports whether a status may be another one next time, as zreq.Transient
// has it.
func isTemporary(status int) bool {
	switch status {
	case 408, 425, 429:
		return true
	case 501, 505, 511:
		return false
	}
	return status >= 500
}
