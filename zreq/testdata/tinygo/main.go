// Program tinygo makes calls over a device in memory, as a microcontroller does, and prints
// how they end and what they allocate. It is built with the tag tinygo, by the ordinary
// compiler.
package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"github.com/zreq-go/zreq/netdriver/netdev"
	"github.com/zreq-go/zreq/zreq"
)

const (
	url    = "http://192.0.2.1/x"
	answer = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
	cut    = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello"
	busy   = "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"
)

func main() {
	debug.SetGCPercent(-1) // a collection would empty the pools
	d := new(device)
	for _, show := range []struct {
		name string
		call func(*device) (*zreq.Response, error)
	}{
		{"get", get}, {"kept", kept}, {"upload", upload}, {"truncated", truncated}, {"silent", silent},
		{"cancelled", cancelled}, {"slow dial", slowDial}, {"cancelled dial", cancelledDial}, {"retried", retried},
		{"cancelled wait", cancelledWait},
	} {
		*d = device{goroutines: d.goroutines}
		resp, err := show.call(d)
		status := 0
		if resp != nil {
			status = resp.Status
		}
		fmt.Printf("%s: %d %v, open %d\n", show.name, status, err, d.open)
	}
	fmt.Println("goroutines:", d.goroutines)
	fmt.Println(&zreq.OutOfRetries{Why: "none is left", Again: 90 * time.Second})
	costs(d)
}

// costs prints what calls allocate.
func costs(d *device) {
	fmt.Println("costs")
	*d = device{answer: answer}
	measure("get", func() error {
		_, err := get(d)
		return err
	})
	conn, err := zreq.Connect(context.Background(), url, &zreq.Args{Driver: netdev.New(d)})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	args := &zreq.Args{Connection: conn, Into: new(zreq.Response), StreamCallback: func([]byte) error { return nil }}
	measure("into", func() error {
		_, err := zreq.Get(context.Background(), url, args)
		return err
	})
	session := &zreq.Session{Driver: netdev.New(d)}
	measure("session", func() error {
		_, err := session.Get(context.Background(), url, nil)
		return err
	})
}

// measure prints what a call allocates: of three times the least, since the runtime
// allocates now and then for itself.
func measure(name string, call func() error) {
	const calls = 100
	var before, after runtime.MemStats
	objects := testing.AllocsPerRun(calls, func() {
		if err := call(); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
	})
	least := uint64(math.MaxUint64)
	for range 3 {
		runtime.ReadMemStats(&before)
		for range calls {
			_ = call()
		}
		runtime.ReadMemStats(&after)
		least = min(least, (after.TotalAlloc-before.TotalAlloc)/calls)
	}
	fmt.Printf("%s: %d bytes in %.0f objects\n", name, least, objects)
}

func get(d *device) (*zreq.Response, error) {
	d.answer = answer
	return zreq.Get(context.Background(), url, &zreq.Args{Driver: netdev.New(d), StreamCallback: func([]byte) error { return nil }})
}

func kept(d *device) (*zreq.Response, error) {
	d.answer = answer
	session := &zreq.Session{Driver: netdev.New(d)}
	defer session.Close()
	if resp, err := session.Get(context.Background(), url, nil); err != nil {
		return resp, err
	}
	resp, err := session.Get(context.Background(), url, nil)
	if n := session.Stats().Reused; n != 1 {
		err = fmt.Errorf("reused %d", n)
	}
	return resp, err
}

func upload(d *device) (*zreq.Response, error) {
	d.answer = answer
	resp, err := zreq.Post(context.Background(), url, &zreq.Args{Driver: netdev.New(d), Body: strings.NewReader(strings.Repeat("a", 5000))})
	if err == nil && !strings.HasSuffix(string(d.got), strings.Repeat("a", 5000)) {
		err = errors.New("the body is another one")
	}
	return resp, err
}

func truncated(d *device) (*zreq.Response, error) {
	d.answer, d.ends = cut, true
	return zreq.Get(context.Background(), url, &zreq.Args{Driver: netdev.New(d)})
}

// silent has a context that could end, so that reads are sliced.
func silent(d *device) (*zreq.Response, error) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	return zreq.Get(ctx, url, &zreq.Args{Driver: netdev.New(d), Timeouts: zreq.Timeouts{Head: 70 * time.Millisecond}})
}

// cancelled has a context that ends during the first Recv.
func cancelled(d *device) (*zreq.Response, error) {
	ctx, cancel := context.WithCancel(context.Background())
	d.onRecv = cancel
	return zreq.Get(ctx, url, &zreq.Args{Driver: netdev.New(d)})
}

func slowDial(d *device) (*zreq.Response, error) {
	d.onConnect = func() { time.Sleep(2 * time.Millisecond) }
	return zreq.Get(context.Background(), url, &zreq.Args{Driver: netdev.New(d), Timeouts: zreq.Timeouts{Dial: time.Millisecond}})
}

func cancelledDial(d *device) (*zreq.Response, error) {
	ctx, cancel := context.WithCancel(context.Background())
	d.onConnect = cancel
	return zreq.Get(ctx, url, &zreq.Args{Driver: netdev.New(d)})
}

func retried(d *device) (*zreq.Response, error) {
	d.answer, d.first = answer, busy
	session := &zreq.Session{Driver: netdev.New(d), Retry: zreq.Retry{Attempts: 2, Wait: time.Millisecond, MaxWait: time.Millisecond}}
	defer session.Close()
	return session.Get(context.Background(), url, nil)
}

// cancelledWait has a context that ends while the call waits for its second attempt.
func cancelledWait(d *device) (*zreq.Response, error) {
	ctx, cancel := context.WithCancel(context.Background())
	d.first = busy
	session := &zreq.Session{
		Driver: netdev.New(d),
		Retry:  zreq.Retry{Attempts: 2, Wait: time.Hour, MaxWait: time.Hour, Time: -1},
		Trace:  onRetry(cancel),
	}
	defer session.Close()
	return session.Get(ctx, url, nil)
}

// onRetry is a Trace that is called when another attempt will follow.
type onRetry func()

func (f onRetry) Trace(e zreq.Event) {
	if e.Kind == zreq.EventRetry {
		f()
	}
}
