package flash_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/download"
	"github.com/zreq-go/zreq/zreq/download/flash"
	"github.com/zreq-go/zreq/zreq/download/flash/flashtest"
)

// testPowerCutOfAJob is as testPowerCut, with a download.Get over a server that cuts the
// connection as well. Its version changes, also back to one before, whose ETag a checkpoint may
// have. In every other run the digest is known, and the version stays.
//
// It makes as many of them as testPowerCut.
func testPowerCutOfAJob(t *testing.T) {
	step, rounds := powerCuts()
	var sum lives
	for name, newBoard := range boards {
		t.Run(name, func(t *testing.T) {
			total := 0
			synctest.Test(t, func(t *testing.T) {
				l := newLife(newBoard(0), 0)
				if err := l.get(t); err != nil {
					t.Fatal(err)
				}
				total = l.board.nor.Ops()
			})
			for i := 0; i < rounds*total*len(flashtest.Tears) && !t.Failed(); i += step {
				synctest.Test(t, func(t *testing.T) {
					l := newLife(newBoard(uint64(i)), uint64(i))
					l.run(t, i/len(flashtest.Tears)%total, flashtest.Tears[i%len(flashtest.Tears)], total)
					sum.cuts += l.cuts
					sum.resumed += l.resumed
					sum.restarted += l.restarted
				})
			}
		})
	}
	t.Logf("%+v", sum)
	if sum.cuts < 1000 || sum.resumed < sum.cuts/5 || sum.restarted < sum.cuts/20 {
		t.Errorf("too few: %+v", sum)
	}
}

// lives counts what has happened in the lives of devices.
type lives struct{ cuts, resumed, restarted int }

// life is a device, and its server.
type life struct {
	lives
	board    *board
	seed     uint64
	digest   []byte // that is wanted, or nil
	versions []uint64
	active   []byte // the image that was activated last
}

// newLife makes erasing so slow that a job writes a checkpoint after each block.
func newLife(b *board, seed uint64) *life {
	b.nor.EraseTime, b.nor.Sleep = 11*time.Second, time.Sleep
	l := &life{board: b, seed: seed, versions: []uint64{b.version}}
	if seed%2 == 1 {
		sum := sha256.Sum256(b.image(b.version))
		l.digest = sum[:]
	}
	return l
}

// run cuts the power after so many operations, then twice at random, and then no more.
func (l *life) run(t *testing.T, after int, tear flashtest.Tear, total int) {
	b, what := l.board, fmt.Sprintf(" of seed %d:", l.seed)
	for range 3 {
		what += fmt.Sprintf(" %d %v", after, tear)
		b.nor.PowerOn()
		b.nor.Cut(after, tear)
		err := l.get(t)
		if err == nil {
			break
		}
		if !errors.Is(err, flashtest.ErrPower) || b.wrong != nil {
			t.Fatalf("cuts%s: %v, %v", what, err, b.wrong)
		}
		l.cuts++
		if l.digest == nil && b.random.IntN(2) == 0 {
			b.version = 1 + uint64(b.random.IntN(3)) // it may be one that there was before
			l.versions = append(l.versions, b.version)
		}
		after, tear = b.random.IntN(total), flashtest.Tears[b.random.IntN(len(flashtest.Tears))]
	}
	b.nor.PowerOn()
	if err := l.get(t); err != nil || b.wrong != nil || l.active == nil {
		t.Fatalf("cuts%s: %v, %v", what, err, b.wrong)
	}
	if b.nor.Misuses() != 0 || b.nor.Reprogrammed() != 0 {
		t.Fatalf("cuts%s: %d misuses, %d pages programmed twice", what, b.nor.Misuses(), b.nor.Reprogrammed())
	}
	if record, err := flash.State(b.state).Load(); err != nil || record != nil {
		t.Fatalf("cuts%s: the job is done, and left its state: %v", what, err)
	}
}

// get is one start of the device.
func (l *life) get(t *testing.T) error {
	t.Helper()
	slot := flash.Sink(l.board.slot)
	size := func() int64 { // finds the end of the image, as a boot loader does from its head
		var n int64
		for _, err := slot.ReadAt(make([]byte, 1), n); err == nil; _, err = slot.ReadAt(make([]byte, 1), n) {
			n++
		}
		return n
	}
	slot.Activate = func() error {
		l.active = readSlot(t, slot, int(size()))
		for _, version := range l.versions {
			if bytes.Equal(l.active, l.board.image(version)) {
				return nil
			}
		}
		l.board.wrong = fmt.Errorf("%d bytes that are no version were activated", len(l.active))
		return nil
	}
	result, err := download.Get(context.Background(), "http://updates.test/image", slot, &download.Args{
		Call:        zreq.Args{Driver: &server{l.board}, Limits: zreq.Limits{ReadBuffer: 512}},
		Want:        download.Want{SHA256: l.digest},
		State:       flash.State(l.board.state),
		PartSize:    int64(l.seed%5) / 4 * 1500, // in every fifth run
		MaxRestarts: 100,
	})
	if result.Resumed > 0 {
		l.resumed++
	}
	l.restarted += result.Restarts
	return err
}

// server has the image of the board's version, with an ETag, and knows ranges. It cuts every
// fourth response somewhere.
type server struct{ board *board }

func (s *server) Dial(context.Context, string, string) (netdriver.Conn, error) {
	client, conn := memnet.Pipe()
	go s.serve(conn)
	return client, nil
}

func (s *server) serve(conn *memnet.Conn) {
	defer conn.Close()
	from, until := 0, -1
	ifRange := ""
	in := bufio.NewReader(conn)
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		switch name {
		case "Range":
			first, last, _ := strings.Cut(strings.TrimPrefix(value, "bytes="), "-")
			from, _ = strconv.Atoi(first)
			if n, err := strconv.Atoi(last); err == nil {
				until = n + 1
			}
		case "If-Range":
			ifRange = value
		case "":
			_, _ = conn.Write(s.answer(from, until, ifRange))
			return
		}
	}
}

func (s *server) answer(from, until int, ifRange string) []byte {
	image := s.board.image(s.board.version)
	tag := fmt.Sprintf(`"v%d"`, s.board.version)
	p := []byte("HTTP/1.1 200 OK\r\n")
	isPart := (from > 0 || until > 0) && from < len(image) && (ifRange == "" || ifRange == tag)
	if isPart {
		if until < 0 || until > len(image) {
			until = len(image)
		}
		p = fmt.Appendf(nil, "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes %d-%d/%d\r\n", from, until-1, len(image))
		image = image[from:until]
	}
	if p = fmt.Appendf(p, "ETag: %s\r\n", tag); s.board.version == 3 && !isPart {
		image = fmt.Appendf(nil, "%x\r\n%s\r\n0\r\n\r\n", len(image), image) // the size is not known
		p = append(p, "Transfer-Encoding: chunked\r\n\r\n"...)
	} else {
		p = fmt.Appendf(p, "Content-Length: %d\r\n\r\n", len(image))
	}
	if s.board.random.IntN(4) == 0 {
		image = image[:rand.New(rand.NewPCG(uint64(from), s.board.version)).IntN(len(image))]
	}
	return append(p, image...)
}

// testFailedJobKeepsBlocks: a job that is stopped in the middle of a block goes on at the
// beginning of that, though no checkpoint was due.
func testFailedJobKeepsBlocks(t *testing.T) {
	for name, digest := range map[string]bool{"digest": true, "validator": false} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				b := boards["NAND with bad blocks"](1)
				args := &download.Args{
					Call:      zreq.Args{Driver: &server{b}, Limits: zreq.Limits{ReadBuffer: 512}},
					State:     flash.State(b.state),
					TrustPart: true, // the checkpoint has the state of the hash
				}
				want := b.image(1)
				if sum := sha256.Sum256(want); digest {
					args.Want.SHA256 = sum[:]
				}
				ctx, cancel := context.WithCancel(t.Context())
				args.BytesPerSecond = 1000
				args.Progress = func(p download.Progress) {
					if p.Offset > 2500 {
						cancel()
					}
				}
				first, err := download.Get(ctx, "http://updates.test/image", flash.Sink(b.slot), args)
				is.True(errors.Is(err, context.Canceled))
				is.True(first.Offset%1024 > 0) // in the middle
				args.Progress = nil
				slot := flash.Sink(b.slot)
				var got []byte
				slot.Activate = func() error { got = readSlot(t, slot, len(want)); return nil }
				again, err := download.Get(t.Context(), "http://updates.test/image", slot, args)
				is.NoErr(err)
				is.Equal(again.Resumed, first.Offset-first.Offset%1024)
				is.Equal(again.Restarts, 0)
				is.True(bytes.Equal(got, want))
				is.Equal(b.nor.Reprogrammed(), 0)
				is.Equal(b.nor.Misuses(), 0)
			})
		})
	}
}
