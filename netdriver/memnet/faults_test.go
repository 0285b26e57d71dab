package memnet_test

import (
	"io"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/memnet"
)

// faulty returns an end with faults whose peer has sent s and, if ended, its end.
func faulty(f memnet.Faults, s string, ended bool) *memnet.Conn {
	a, b := memnet.Pipe()
	a.SetFaults(f)
	_, _ = io.WriteString(b, s)
	if ended {
		_ = b.CloseWrite()
	}
	return a
}

func TestFaultsRead(t *testing.T) {
	type result struct {
		got string
		err error
	}
	for name, tt := range map[string]struct {
		faults memnet.Faults
		ended  bool
		want   []result
	}{
		"at most n bytes":         {memnet.Faults{ReadBytes: 2}, true, []result{{"ab", nil}, {"c", nil}, {"", io.EOF}}},
		"nothing, then something": {memnet.Faults{EmptyReads: 2}, true, []result{{"", nil}, {"", nil}, {"abc", nil}, {"", io.EOF}}},
		"nothing for ever":        {memnet.Faults{EmptyReads: -1}, true, []result{{"", nil}, {"", nil}, {"", nil}, {"", nil}}},
		"reset after n":           {memnet.Faults{ResetReadAfter: 2}, true, []result{{"ab", nil}, {"", memnet.ErrReset}}},
		"reset at once":           {memnet.Faults{ResetReadAfter: -1}, true, []result{{"", memnet.ErrReset}}},
		"end after n":             {memnet.Faults{EOFAfter: 2}, false, []result{{"ab", nil}, {"", io.EOF}, {"", io.EOF}}},
		"end at once":             {memnet.Faults{EOFAfter: -1}, false, []result{{"", io.EOF}}},
		"end with the last bytes": {memnet.Faults{EOFWithData: true, ReadBytes: 2}, true, []result{{"ab", nil}, {"c", io.EOF}, {"", io.EOF}}},
		"both":                    {memnet.Faults{EOFWithData: true, EOFAfter: 2}, false, []result{{"ab", io.EOF}, {"", io.EOF}}},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			c := faulty(tt.faults, "abc", tt.ended)
			defer c.Close()
			for _, want := range tt.want {
				p := make([]byte, 10)
				n, err := c.Read(p)
				is.Equal(result{string(p[:n]), err}, want) // each Read as the faults say
			}
		})
	}
}

func TestFaultsStall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		c := faulty(memnet.Faults{StallReadAfter: 2, StallWriteAfter: 3}, "abc", false)
		defer c.Close()
		_ = c.SetDeadline(time.Now().Add(time.Minute))
		p := make([]byte, 10)
		n, err := c.Read(p)
		is.NoErr(err)
		is.Equal(string(p[:n]), "ab") // what comes before the stall is read
		is.NoErr(c.Check())           // a stalled line looks silent
		_, err = c.Read(p)
		is.True(timedOut(err)) // the rest does not come

		_ = c.SetDeadline(time.Now().Add(time.Minute))
		n, err = c.Write([]byte("hello"))
		is.True(timedOut(err)) // the rest does not go
		is.Equal(n, 3)         // the count says what went before

		c.SetFaults(memnet.Faults{})
		_ = c.SetDeadline(time.Now().Add(time.Minute))
		n, err = c.Read(p)
		is.NoErr(err)
		is.Equal(string(p[:n]), "c") // without the fault it comes
	})
}

func TestFaultsDelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		c := faulty(memnet.Faults{ReadDelay: time.Second}, "abc", false)
		start := time.Now()
		p := make([]byte, 2)
		for i := range 2 {
			_, err := c.Read(p)
			is.NoErr(err)
			is.Equal(time.Since(start), time.Duration(i+1)*time.Second) // each Read takes that long
		}
		_ = c.SetReadDeadline(time.Now().Add(time.Millisecond))
		_, err := c.Read(p)
		is.True(timedOut(err)) // unless its deadline comes first
		_ = c.SetReadDeadline(time.Time{})
		go func() { time.Sleep(time.Millisecond); _ = c.Close() }()
		_, err = c.Read(p)
		is.Equal(err, memnet.ErrClosed) // or Close
	})
}

func TestFaultsWrite(t *testing.T) {
	is := is.New(t)
	a, b := memnet.Pipe()
	a.SetFaults(memnet.Faults{WriteBytes: 2, ResetWriteAfter: 3})
	n, err := a.Write([]byte("abcd"))
	is.NoErr(err)
	is.Equal(n, 2) // a short count without an error
	p := make([]byte, 4)
	n, err = b.Read(p)
	is.NoErr(err)
	is.Equal(string(p[:n]), "ab") // of what really went out
	n, err = a.Write([]byte("cd"))
	is.Equal(n, 1)                 // up to the reset
	is.Equal(err, memnet.ErrReset) // which is the reason
	_, err = b.Read(p)
	is.Equal(err, memnet.ErrReset) // for the peer as well
}

func TestFaultsCheck(t *testing.T) {
	is := is.New(t)
	is.Equal(faulty(memnet.Faults{ResetReadAfter: -1}, "", false).Check(), memnet.ErrReset) // sees the reset
	is.Equal(faulty(memnet.Faults{EOFAfter: -1}, "", false).Check(), io.EOF)                // and the end
	is.Equal(faulty(memnet.Faults{EOFAfter: 1}, "abc", false).Check(), netdriver.ErrUnread) // and what comes first
	is.NoErr(faulty(memnet.Faults{StallReadAfter: -1}, "abc", true).Check())                // and not what never comes
}
