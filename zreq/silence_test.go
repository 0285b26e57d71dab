package zreq_test

import (
	"strings"
	"testing"
	"time"

	"github.com/zreq-go/zreq/netdriver/tlsnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// silences are peers that keep a call waiting for ever, in the phase they name.
var silences = map[string]struct {
	phase  zreq.Phase
	buffer int // of the network
	secure bool
	script []zreqtest.Step
}{
	"dial":         {phase: zreq.PhaseDial, script: steps(zreqtest.NoAnswer())},
	"TLS":          {phase: zreq.PhaseTLS, secure: true, script: steps(zreqtest.Hold())},
	"TLS, half":    {phase: zreq.PhaseTLS, secure: true, script: steps(zreqtest.Send("\x16\x03"), zreqtest.Hold())},
	"write":        {phase: zreq.PhaseSend, buffer: 16, script: steps(zreqtest.Hold())},
	"write, half":  {phase: zreq.PhaseSend, buffer: 16, script: steps(zreqtest.Read(20), zreqtest.Hold())},
	"head":         {phase: zreq.PhaseHead, script: steps(zreqtest.Request(), zreqtest.Hold())},
	"head, drips":  {phase: zreq.PhaseHead, script: steps(zreqtest.Request(), zreqtest.Drip(withLength(strings.Repeat("x", 90)), time.Second))},
	"head, 1xx":    {phase: zreq.PhaseHead, script: steps(zreqtest.Request(), zreqtest.Send("HTTP/1.1 100 Continue\r\n\r\n"), zreqtest.Hold())},
	"body":         {phase: zreq.PhaseBody, script: steps(zreqtest.Request(), zreqtest.Send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n"), zreqtest.Hold())},
	"chunk line":   {phase: zreq.PhaseBody, script: steps(zreqtest.Request(), zreqtest.Send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1"), zreqtest.Hold())},
	"trailers":     {phase: zreq.PhaseBody, script: steps(zreqtest.Request(), zreqtest.Send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: b"), zreqtest.Hold())},
	"middle":       {phase: zreq.PhaseBody, script: steps(zreqtest.Request(), zreqtest.Send("HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\nxxxx"), zreqtest.Hold())},
	"body, direct": {phase: zreq.PhaseBody, script: steps(zreqtest.Request(), zreqtest.Send("HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n"+strings.Repeat("x", 50_000)), zreqtest.Hold())},
}

func steps(s ...zreqtest.Step) []zreqtest.Step { return s }

// silent dials a silent peer, in a call that takes large chunks.
func silent(t *testing.T, name string) (*zreqtest.Peer, string, *zreq.Args) {
	t.Helper()
	s := silences[name]
	peer := zreqtest.NewPeer(t, s.script)
	peer.Net().BufferBytes = s.buffer
	args := &zreq.Args{Driver: peer, StreamCallback: func([]byte) error { return nil }, StreamChunk: 32 << 10}
	if s.secure {
		args.TLS = tlsnet.Default()
		return peer, "https://device.test/", args
	}
	return peer, "http://device.test/", args
}
