package proxy_test

import (
	"context"
	"errors"
	"io"
	"testing"

	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/netdriver/proxy"
)

// FuzzAnswers: whatever a proxy sends, and however it is cut, a dial returns the same: a
// typed error with nothing left open, or a tunnel with the bytes that belong to it.
func FuzzAnswers(f *testing.F) {
	f.Add([]byte(established+"hello"), byte(1), false)
	f.Add([]byte(challenge+established), byte(7), false)
	f.Add([]byte("HTTP/1.1 103 x\r\n\r\nHTTP/1.1 403 x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n"), byte(2), false)
	f.Add([]byte(wantsLogin+loginTaken+connected+"hello"), byte(1), true)
	f.Add([]byte(noLogin+"\x05\x00\x00\x03\x05proxy\x04\x38hello"), byte(3), true)
	f.Fuzz(func(t *testing.T, sent []byte, cut byte, socks bool) {
		whole, cutUp := answered(t, sent, 0, socks), answered(t, sent, cut, socks)
		if whole != cutUp {
			t.Fatalf("%q: whole %q, in pieces of %d %q", sent, whole, cut, cutUp)
		}
	})
}

// answered dials through a proxy that has sent all that it will send, and says what came
// of it.
func answered(t *testing.T, sent []byte, cut byte, socks bool) string {
	n := memnet.New()
	n.BufferBytes = len(sent) + 1000
	n.OnDial = func(int, string) (memnet.Faults, error) {
		return memnet.Faults{ReadBytes: int(cut)}, nil
	}
	l, err := n.Listen(at)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = c.Write(sent)
			_ = c.CloseWrite()
		}
	}()
	defer func() {
		_ = l.Close()
		<-done
	}()
	construct := proxy.HTTP
	if socks {
		construct = proxy.SOCKS5
	}
	d, err := construct(n, at, withLogin())
	if err != nil {
		t.Fatal(err)
	}
	c, err := d.Dial(context.Background(), "tcp", "origin.test:443")
	if err != nil {
		var e *proxy.Error
		if !errors.As(err, &e) || errors.Is(err, io.EOF) || n.Open() != 0 || leaks(err.Error()) {
			t.Fatalf("%q: %v, %d open", sent, err, n.Open())
		}
		return err.Error() + string(e.Page)
	}
	defer c.Close()
	rest, err := io.ReadAll(c)
	if err != nil {
		t.Fatal(err)
	}
	return "a tunnel with " + string(rest)
}
