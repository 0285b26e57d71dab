//go:build !tinygo

package download_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/download"
	"github.com/zreq-go/zreq/zreq/download/flash"

	"github.com/matryer/is"
)

// failing is a memSink with one call that fails.
type failing struct {
	*memSink
	at  string
	err error
}

func (f *failing) fail(at string) error {
	if at == f.at {
		f.dead = true
		return f.err
	}
	return nil
}

func (f *failing) Open(size, keep int64) (int64, error) {
	if err := f.fail("open"); err != nil {
		return 0, err
	}
	return f.memSink.Open(size, keep)
}

func (f *failing) Write(p []byte) (int, error) {
	if err := f.fail("write"); err != nil {
		return 0, err
	}
	return f.memSink.Write(p)
}

func (f *failing) Sync() error           { return errors.Join(f.fail("sync"), f.memSink.Sync()) }
func (f *failing) Commit() error         { return errors.Join(f.fail("commit"), f.memSink.Commit()) }
func (f *failing) State() download.Store { return failingStore{f} }

type failingStore struct{ *failing }

func (s failingStore) Load() ([]byte, error) {
	if err := s.fail("load"); err != nil {
		return nil, err
	}
	return s.memSink.State().Load()
}

func (s failingStore) Save(record []byte) error {
	return errors.Join(s.fail("save"), s.memSink.State().Save(record))
}

func (s failingStore) Remove() error {
	return errors.Join(s.fail("remove"), s.memSink.State().Remove())
}

// TestResumableSinks: what a Sink or a Store says of its error is passed on, and a Commit can be
// tried again.
func TestResumableSinks(t *testing.T) {
	v := version(30_000, `"7"`)
	for i, tt := range []struct {
		at        string
		err       error
		step      download.Step
		resumable bool
	}{
		{"open", errDisk, download.StepOpen, false},
		{"open", download.ErrBusy, download.StepOpen, true},
		{"open", download.ErrForeign, download.StepOpen, false},
		{"open", download.ErrNoRoom, download.StepOpen, false}, // a partition does not grow
		{"open", flash.ErrGeometry, download.StepOpen, false},
		{"open", &flash.SpaceError{Need: 2, Have: 1}, download.StepOpen, false},
		{"write", errDisk, download.StepWrite, false},
		{"write", flash.ErrLost, download.StepWrite, true},
		{"write", &flash.BlockError{Op: "read", Err: flash.ErrLost}, download.StepWrite, true},
		{"write", &flash.BlockError{Op: "erase", Err: flash.ErrWorn}, download.StepWrite, false},
		{"sync", fmt.Errorf("%w, and %w", errDisk, flash.ErrLost), download.StepSync, true},
		{"sync", errDisk, download.StepSync, false},
		{"commit", errDisk, download.StepCommit, true},
		{"load", errDisk, download.StepState, false},
		{"load", download.ErrBusy, download.StepState, true},
		{"save", errDisk, download.StepState, false},
		{"remove", errDisk, download.StepState, true},
	} {
		t.Run(strconv.Itoa(i)+" "+tt.at, func(t *testing.T) {
			served(t, cutEvery(v, 40_000), func(is *is.I, o *origin, args *download.Args) {
				sink := &failing{memSink: new(memSink), at: tt.at, err: tt.err}
				_, err := get(o, sink, args)
				is.True(errors.Is(err, tt.err))
				is.Equal(problem(is, err).Step, tt.step)
				is.Equal(errors.Is(err, download.ErrState), tt.step == download.StepState)
				is.Equal(problem(is, err).Resumable, tt.resumable)
				if sink.at = ""; tt.resumable { // it tells the truth
					whole := sink.whole
					sink.reboot()
					_, err = get(o, sink, args)
					is.NoErr(err)
					is.True(string(sink.target) == v.body)
					is.True(!whole || len(o.asks) == 1)
				}
			})
		})
	}
}

// TestResumable: what passes by itself is Resumable, and what somebody has to change is not.
func TestResumable(t *testing.T) {
	v := version(30_000, `"7"`)
	status := func(line string) func(a *ask) reply {
		return func(*ask) reply { return reply{text: "HTTP/1.1 " + line + "\r\nContent-Length: 0\r\n\r\n", cut: -1} }
	}
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	for name, tt := range map[string]struct {
		answer    func(a *ask) reply
		set       func(args *download.Args)
		want      error
		resumable bool
	}{
		"away":         {status("503 Later"), nil, zreq.ErrOutOfRetries, true},
		"Retry-After":  {status("503 Later\r\nRetry-After: 9999"), nil, zreq.ErrStatus, true},
		"gone":         {status("404 Gone"), nil, zreq.ErrStatus, false},
		"cancelled":    {nil, nil, context.Canceled, true},
		"arguments":    {nil, func(a *download.Args) { a.Budget = -1 }, download.ErrArgs, false},
		"not wanted":   {cutEvery(v, 40_000), func(a *download.Args) { a.Want.Size = 7 }, download.ErrWant, false},
		"wrong":        {cutEvery(v, 40_000), func(a *download.Args) { a.Want.SHA256 = make([]byte, 32) }, download.ErrDigest, false},
		"budget":       {cutEvery(v, 10_000), func(a *download.Args) { a.Budget = 20_000 }, download.ErrBudget, false},
		"spent budget": {cutEvery(v, 10_000), func(a *download.Args) { a.Budget = 1 }, download.ErrBudget, false},
		"restart": {func(a *ask) reply {
			return cutEvery(&thing{body: v.body, etag: strconv.Quote(strconv.Itoa(a.k))}, 10_000)(a)
		}, func(a *download.Args) { a.MaxRestarts = -1 }, download.ErrRestarts, false},
	} {
		t.Run(name, func(t *testing.T) {
			served(t, tt.answer, func(is *is.I, o *origin, args *download.Args) {
				if tt.set != nil {
					tt.set(args)
				}
				ctx := context.Background()
				if name == "cancelled" {
					ctx = cancelled
				}
				sink := new(memSink)
				_, err := download.Get(ctx, image, sink, args)
				is.True(errors.Is(err, tt.want))
				is.Equal(problem(is, err).Resumable, tt.resumable)
				if errors.Is(err, download.ErrBudget) { // what is false: the same call does not go on
					sink.reboot()
					_, err = get(o, sink, args)
					is.True(errors.Is(err, download.ErrBudget))
				}
			})
		})
	}
}

// TestErrorText: an error into a file has its path. It names what was to be done, and with what,
// once: on the disk the path, and otherwise the URL.
func TestErrorText(t *testing.T) {
	v := version(30_000, `"7"`)
	refused := errors.New("refused")
	for name, tt := range map[string]struct {
		fails *failing // otherwise it is a file
		set   func(args *download.Args)
		says  string
	}{
		"network": {
			nil, func(a *download.Args) { a.Retry.Attempts, a.Call.Driver = 1, &away{err: refused} },
			"download: receive: out of retries: zreq: dial: GET http://fleet.test/image: connection failed: refused",
		},
		"not wanted": {
			nil, func(a *download.Args) { a.Want.Size = 7 },
			"download: check http://fleet.test/image: the size is 30000: not the content that Want describes",
		},
		"disk": {
			nil, func(a *download.Args) { a.State = failingStore{&failing{new(memSink), "save", errDisk}} },
			"download: keep state of PATH: the state cannot be kept: the card was pulled out",
		},
		"no path": {
			&failing{new(memSink), "write", errDisk}, func(*download.Args) {},
			"download: write http://fleet.test/image: the card was pulled out",
		},
	} {
		t.Run(name, func(t *testing.T) {
			served(t, cutEvery(v, 40_000), func(is *is.I, o *origin, args *download.Args) {
				tt.set(args)
				path := filepath.Join(t.TempDir(), "image.bin")
				var sink download.Sink = download.FileSink(path)
				if tt.fails != nil {
					sink, path = tt.fails, ""
				}
				_, err := get(o, sink, args)
				is.Equal(problem(is, err).Path, path)
				is.Equal(err.Error(), strings.Replace(tt.says, "PATH", path, 1))
			})
		})
	}
}

// TestErrorOfADigest: the error says which digest there is, and which one was wanted.
func TestErrorOfADigest(t *testing.T) {
	v := version(30_000, `"7"`)
	sum := sha256.Sum256([]byte(v.body))
	says := "it is " + hex.EncodeToString(sum[:]) + ", and " + strings.Repeat("07", 32) + " was wanted"
	for _, named := range []bool{false, true} {
		served(t, cutEvery(v, 40_000), func(is *is.I, o *origin, args *download.Args) {
			args.Want.SHA256 = bytes.Repeat([]byte{7}, 32)
			kind := download.ErrDigest
			if named {
				kind = download.ErrWant
				args.Want.From = func(*zreq.Response) ([]byte, error) { return sum[:], nil }
			}
			_, err := get(o, new(memSink), args)
			is.True(errors.Is(err, kind))
			is.True(strings.Contains(err.Error(), says))
		})
	}
}
