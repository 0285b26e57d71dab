package main

/*
#include <malloc.h>

static size_t in_use(void) { return mallinfo2().uordblks; }
*/
import "C"

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/gnutls"
	"github.com/zreq-go/zreq/netdriver/stdnet"
	"github.com/zreq-go/zreq/netdriver/tlsnet"
)

// one measures a library and prints its line of the table.
func one() error {
	secure, err := library()
	if err != nil {
		return err
	}
	first, err := download(secure)
	if err != nil {
		return err
	}
	defer first.Close()
	before, err := now()
	if err != nil {
		return err
	}
	open := make([]netdriver.Conn, *connections)
	for i := range open {
		if open[i], err = download(secure); err != nil {
			return err
		}
		defer open[i].Close()
	}
	after, err := now()
	if err != nil {
		return err
	}
	per := func(before, after int64) int64 { return (after - before) / int64(*connections) }
	fmt.Printf("| %s | %d | %d | %d | %d |\n", *child, *record,
		per(before.goHeap, after.goHeap), per(before.cHeap, after.cHeap), per(before.resident, after.resident))
	runtime.KeepAlive(open)
	return nil
}

func library() (netdriver.TLS, error) {
	text, err := io.ReadAll(os.Stdin)
	if err != nil {
		return nil, err
	}
	roots, err := tlsnet.Roots(text)
	if err != nil {
		return nil, err
	}
	switch *child {
	case "gnutls":
		return gnutls.New(&gnutls.Config{RootCAs: roots}), nil
	case "tlsnet":
		return tlsnet.New(&tlsnet.Config{RootCAs: roots, Sessions: -1}), nil
	}
	return nil, fmt.Errorf("no library %q", *child)
}

// download opens a connection and gets what it is to get. It returns it open.
func download(secure netdriver.TLS) (netdriver.Conn, error) {
	below, err := new(stdnet.Driver).Dial(context.Background(), "tcp", *address)
	if err != nil {
		return nil, err
	}
	c, err := secure.Client(context.Background(), below, "127.0.0.1")
	if err != nil {
		return nil, err
	}
	var asked [16]byte
	binary.BigEndian.PutUint64(asked[:8], uint64(*megabytes<<20))
	binary.BigEndian.PutUint64(asked[8:], uint64(*record))
	if _, err := c.Write(asked[:]); err != nil {
		return nil, err
	}
	p := make([]byte, 4<<10)
	for left := *megabytes << 20; left > 0; {
		n, err := c.Read(p)
		if err != nil {
			return nil, err
		}
		left -= int64(n)
	}
	return c, nil
}

// use is what memory a process uses, in bytes.
type use struct{ goHeap, cHeap, resident int64 }

func now() (use, error) {
	debug.FreeOSMemory() // collects, too
	debug.FreeOSMemory() // and what sync.Pool held
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return use{}, err
	}
	pages, err := strconv.ParseInt(strings.Fields(string(text))[1], 10, 64)
	return use{int64(m.HeapAlloc), int64(C.in_use()), pages * int64(os.Getpagesize())}, err
}
