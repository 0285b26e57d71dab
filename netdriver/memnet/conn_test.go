package memnet_test

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/memnet"
)

func TestConnCarriesBytes(t *testing.T) {
	is := is.New(t)
	a, b := memnet.Pipe()
	sent := strings.Repeat("0123456789abcdef", 32<<10) // eight times the buffer
	go func() {
		_, _ = io.WriteString(a, sent)
		_ = a.Close()
	}()
	got, err := io.ReadAll(b)
	is.NoErr(err)                // the end of stream is io.EOF
	is.True(string(got) == sent) // everything arrives, in order, through a full buffer
	is.NoErr(b.Close())          // closing works
	is.NoErr(b.Close())          // closing twice is harmless
	is.NoErr(a.Close())          // on both ends
	_, err = b.Read(make([]byte, 1))
	is.Equal(err, memnet.ErrClosed) // a closed end does not read
	_, err = b.Write([]byte("x"))
	is.Equal(err, memnet.ErrClosed)                        // nor write
	is.Equal(b.SetDeadline(time.Time{}), memnet.ErrClosed) // nor take deadlines
}

func TestConnWriteBlocksWhenFull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		a, b := memnet.Pipe()
		defer b.Close()
		var n int
		var err error
		done := false
		go func() {
			n, err = a.Write(make([]byte, memnet.DefaultBufferBytes+10))
			done = true
		}()
		synctest.Wait()
		is.True(!done) // a Write waits for room
		_, _ = io.ReadFull(b, make([]byte, 10))
		synctest.Wait()
		is.True(done)                             // and goes on when the peer has read
		is.Equal(n, memnet.DefaultBufferBytes+10) // all of it went out
		is.NoErr(err)                             // without an error
		go func() { _, err = a.Write([]byte("more")) }()
		synctest.Wait()
		is.NoErr(a.Close())
		synctest.Wait()
		is.Equal(err, memnet.ErrClosed) // Close wakes a blocked Write
	})
}

func TestConnHalfClose(t *testing.T) {
	is := is.New(t)
	a, b := memnet.Pipe()
	defer a.Close()
	defer b.Close()
	_, _ = a.Write([]byte("ask"))
	is.NoErr(a.CloseWrite())
	is.NoErr(a.CloseWrite()) // ending a side twice is harmless
	got, err := io.ReadAll(b)
	is.NoErr(err)
	is.Equal(string(got), "ask") // the peer reads io.EOF after the data
	_, err = b.Write([]byte("answer"))
	is.NoErr(err) // the other direction goes on
	p := make([]byte, 10)
	n, err := a.Read(p)
	is.NoErr(err)
	is.Equal(string(p[:n]), "answer") // and is read after CloseWrite
	_, err = a.Write([]byte("x"))
	is.Equal(err, memnet.ErrClosed) // nothing is written on a side that ended
}

func TestConnClosePeerStillReads(t *testing.T) {
	is := is.New(t)
	a, b := memnet.Pipe()
	_, _ = a.Write([]byte("last words"))
	is.NoErr(a.Close())
	_, err := b.Write([]byte("x"))
	is.Equal(err, memnet.ErrReset) // a closed peer takes nothing more
	got, err := io.ReadAll(b)
	is.NoErr(err)
	is.Equal(string(got), "last words") // but what it said before is read
	is.NoErr(b.Close())
}

func TestConnReset(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		a, b := memnet.Pipe()
		var err error
		go func() { _, err = b.Read(make([]byte, 1)) }()
		synctest.Wait()
		a.Reset()
		synctest.Wait()
		is.Equal(err, memnet.ErrReset)            // a blocked Read fails at once
		is.Equal(b.Check(), memnet.ErrReset)      // and so does a look
		is.Equal(b.CloseWrite(), memnet.ErrReset) // and an end
		_, err = b.Write([]byte("x"))
		is.Equal(err, memnet.ErrReset) // and a Write
		_, err = a.Read(make([]byte, 1))
		is.Equal(err, memnet.ErrClosed) // the end that broke it is closed

		c, d := memnet.Pipe()
		_, _ = c.Write([]byte("lost"))
		c.Reset()
		_, err = d.Read(make([]byte, 4))
		is.Equal(err, memnet.ErrReset) // what was not read is lost
	})
}

func TestConnCheck(t *testing.T) {
	is := is.New(t)
	a, b := memnet.Pipe()
	is.NoErr(a.Check()) // open and silent
	_, _ = b.Write([]byte("hi"))
	is.Equal(a.Check(), netdriver.ErrUnread) // bytes nobody has read
	p := make([]byte, 2)
	n, err := a.Read(p)
	is.NoErr(err)
	is.Equal(string(p[:n]), "hi") // Check consumed none of them
	_ = b.CloseWrite()
	is.Equal(a.Check(), io.EOF) // the peer ended its side
	_ = a.Close()
	is.Equal(a.Check(), memnet.ErrClosed) // this end is closed
}

func TestConnWaitClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		a, b := memnet.Pipe()
		_ = a.SetReadDeadline(time.Now().Add(time.Second))
		is.True(timedOut(a.WaitClose())) // it honours the read deadline
		_ = a.SetReadDeadline(time.Time{})
		var err error
		done := false
		go func() { err, done = a.WaitClose(), true }()
		_, _ = b.Write([]byte("x"))
		_ = b.CloseWrite()
		synctest.Wait()
		is.True(!done) // half a close is none
		_ = b.Close()
		synctest.Wait()
		is.True(done) // a whole one is
		is.NoErr(err)
		_ = a.Close()
		_, c := memnet.Pipe()
		_ = c.Close()
		is.Equal(c.WaitClose(), memnet.ErrClosed) // a closed end has nothing to wait for
	})
}

func TestConnAllocatesNothing(t *testing.T) {
	is := is.New(t)
	a, b := memnet.Pipe()
	defer a.Close()
	defer b.Close()
	p := make([]byte, 1000)
	later := time.Now().Add(time.Hour)
	got := testing.AllocsPerRun(100, func() {
		_ = a.SetDeadline(later)
		_ = b.SetReadDeadline(later)
		_, _ = a.Write(p)
		_ = b.Check()
		_, _ = io.ReadFull(b, p)
		_ = b.Check()
		_ = a.SetDeadline(time.Time{})
	})
	is.Equal(got, 0.0) // a used connection reads, writes, checks and sets deadlines without allocating
}

// timedOut looks for Timeout() along Unwrap, as callers of a driver do.
func timedOut(err error) bool {
	for ; err != nil; err = errors.Unwrap(err) {
		if t, ok := err.(interface{ Timeout() bool }); ok && t.Timeout() {
			return true
		}
	}
	return false
}

func BenchmarkConn(b *testing.B) {
	x, y := memnet.Pipe()
	p := make([]byte, 4096)
	b.ReportAllocs()
	b.SetBytes(int64(len(p)))
	for b.Loop() {
		_, _ = x.Write(p)
		_, _ = io.ReadFull(y, p)
	}
}
