package main

import (
	"bytes"
	"errors"
	"io"
	"net/netip"
	"runtime"
	"time"
)

// device is a network chip with one peer, which answers each request.
type device struct {
	answer string // to a request; "" for silence
	first  string // to the first one, if there is one
	ends   bool   // the peer closes after its answer

	onConnect, onRecv func()

	open       int
	goroutines int    // the most that were there during a call of the device
	got        []byte // of the last request
	out        string // that Recv returns next
	answered   bool
	sent       int // of answer and first
}

func (d *device) enter() { d.goroutines = max(d.goroutines, runtime.NumGoroutine()) }

func (d *device) GetHostByName(string) (netip.Addr, error) { return netip.Addr{}, errUnsupported }
func (d *device) Addr() (netip.Addr, error)                { return netip.Addr{}, errUnsupported }

func (d *device) Socket(_, _, _ int) (int, error) {
	d.enter()
	d.open++
	return 0, nil
}

func (d *device) Connect(int, string, netip.AddrPort) error {
	d.enter()
	d.got, d.out, d.answered = d.got[:0], "", false
	if d.onConnect != nil {
		d.onConnect()
	}
	return nil
}

// Send keeps the request. The answer is ready when its head has come, and its body as well.
func (d *device) Send(_ int, p []byte, _ int, _ time.Time) (int, error) {
	d.enter()
	if d.answered {
		d.got, d.answered = d.got[:0], false
	}
	d.got = append(d.got, p...)
	head, body, whole := bytes.Cut(d.got, []byte("\r\n\r\n"))
	if whole = whole && (!bytes.Contains(head, []byte("POST")) || len(body) >= 5000); whole {
		d.answered = true
		d.out = d.answer
		if d.sent == 0 && d.first != "" {
			d.out = d.first
		}
		d.sent++
	}
	return len(p), nil
}

func (d *device) Recv(_ int, p []byte, _ int, deadline time.Time) (int, error) {
	d.enter()
	if d.onRecv != nil {
		d.onRecv()
	}
	if d.out == "" && d.ends {
		return -1, io.EOF
	}
	if d.out == "" {
		time.Sleep(time.Until(deadline))
		return -1, timeout{}
	}
	n := copy(p, d.out)
	d.out = d.out[n:]
	return n, nil
}

func (d *device) Close(int) error {
	d.enter()
	d.open--
	return nil
}

func (d *device) Bind(int, netip.AddrPort) error { return errUnsupported }
func (d *device) Listen(int, int) error          { return errUnsupported }
func (d *device) Accept(int) (int, netip.AddrPort, error) {
	return -1, netip.AddrPort{}, errUnsupported
}
func (d *device) SetSockOpt(int, int, int, any) error { return errUnsupported }

var errUnsupported = errors.New("not supported")

// timeout is the one of TinyGo's package netdev.
type timeout struct{}

func (timeout) Error() string { return "timeout expired" }
func (timeout) Timeout() bool { return true }
