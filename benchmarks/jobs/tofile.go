package jobs

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"hash"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/zreq-go/zreq/benchmarks/bench"
	"github.com/zreq-go/zreq/netdriver/stdnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/download"
)

const (
	durableSize = 64 << 20
	durablePart = 16 << 20 // what a download job syncs at once
	durableNote = 300      // bytes of a checkpoint
)

// Durable are downloads that survive a power cut at any moment: download.ToFile beside loops
// that sync the file, and replace a small file beside it, exactly as often. Where a
// file system in memory is at hand, the disk is left out: a sync takes no time there, and
// what is left is the work of the client.
func Durable(w *World) []bench.Case {
	var cases []bench.Case
	for _, place := range []struct{ name, dir string }{{"", w.Dir}, {" in memory", "/dev/shm"}} {
		if _, err := os.Stat(place.dir); err != nil {
			continue
		}
		size := min(w.Stream, durableSize)
		d := durable{fileDownload{filePlain(w), place.dir, size}, bytes.Repeat([]byte("0123456789abcdef"), int(size/16))}
		cases = append(cases,
			bench.Case{Name: "synced" + place.name, Group: "durable download", Bytes: size, Clients: func() ([]bench.Client, error) {
				return fileClients(d.splice, d.zreq)
			}},
			bench.Case{Name: "synced" + place.name + ", SHA-256", Group: "durable download", Bytes: size, Clients: func() ([]bench.Client, error) {
				return fileClients(d.hash, d.zreqHash)
			}})
	}
	return cases
}

// durable is what is to be done.
type durable struct {
	fileDownload
	content []byte
}

func (d durable) zreq() (*bench.Client, error) { return d.byJob(nil) }

func (d durable) zreqHash() (*bench.Client, error) {
	sum := sha256.Sum256(d.content)
	return d.byJob(sum[:])
}

// byJob dials for each job, as a program does that downloads once a day.
func (d durable) byJob(sum []byte) (*bench.Client, error) {
	dir, err := os.MkdirTemp(d.dir, "durable.*")
	if err != nil {
		return nil, err
	}
	path := filepath.Join(dir, "zreq")
	args := &download.Args{Want: download.Want{SHA256: sum}, Call: zreq.Args{Driver: new(stdnet.Driver)}}
	client := fileClient("zreq", func() error {
		if _, err := download.ToFile(context.Background(), d.url(), path, args); err != nil {
			return err
		}
		return d.check(path)
	}, func() error { return os.RemoveAll(dir) })
	return &client, nil
}

// splice moves the body by the system.
func (d durable) splice() (*bench.Client, error) {
	return d.bySyncs("raw splice", nil, func(f *os.File, conn *net.TCPConn, n int64) error {
		mover, err := newFileMover(conn)
		if err != nil {
			return err
		}
		defer mover.close()
		return mover.move(f, n)
	})
}

// hash reads, hashes and writes in turn.
func (d durable) hash() (*bench.Client, error) {
	h, buffer := sha256.New(), make([]byte, 32<<10)
	return d.bySyncs("raw", h, func(f *os.File, conn *net.TCPConn, n int64) error {
		return hashedCopy(f, conn, n, buffer, h)
	})
}

// bySyncs dials as a job does, moves the body in parts that are synced, each followed by a
// note, and makes the syncs of a job before and behind them, too. h is nil if move does not
// hash.
func (d durable) bySyncs(name string, h hash.Hash, move func(f *os.File, conn *net.TCPConn, n int64) error) (*bench.Client, error) {
	dir, err := os.MkdirTemp(d.dir, "durable.*")
	if err != nil {
		return nil, err
	}
	request, n, want := d.request(), notes{dir}, sha256.Sum256(d.content)
	once := func() error {
		if err := n.begin(); err != nil {
			return err
		}
		conn, err := d.site.dial()
		if err != nil {
			return err
		}
		defer conn.Close()
		head := fileHead{conn: conn}
		if err := head.write(request); err != nil {
			return err
		}
		rest, err := head.read("HTTP/1.1 200 ")
		if err != nil {
			return err
		}
		if h != nil {
			h.Reset()
			h.Write(rest)
		}
		err = n.fill(rest, d.size, func(f *os.File, n int64) error { return move(f, conn.(*net.TCPConn), n) })
		if err != nil {
			return err
		}
		if h != nil && !bytes.Equal(h.Sum(nil), want[:]) {
			return errors.New("another digest")
		}
		if err := n.end(); err != nil {
			return err
		}
		return d.check(filepath.Join(dir, "file"))
	}
	client := fileClient(name, once, func() error { return os.RemoveAll(dir) })
	return &client, nil
}

// hashedCopy is fileCopy with a hash between.
func hashedCopy(f *os.File, conn net.Conn, n int64, buffer []byte, h hash.Hash) error {
	for n > 0 {
		if err := conn.SetReadDeadline(time.Now().Add(fileIdle)); err != nil {
			return err
		}
		m, err := conn.Read(buffer[:min(n, int64(len(buffer)))])
		h.Write(buffer[:m])
		if _, failed := f.Write(buffer[:m]); failed != nil {
			return failed
		}
		if n -= int64(m); n > 0 && err != nil {
			return err
		}
	}
	return nil
}

// notes keep a small file in a folder beside the one that is written.
type notes struct{ dir string }

func (n notes) path(name string) string { return filepath.Join(n.dir, name) }

// begin makes the notes that a job makes before its first byte.
func (n notes) begin() error {
	if err := n.note(); err != nil {
		return err
	}
	return n.note()
}

// note replaces the small file, durably.
func (n notes) note() error {
	f, err := os.Create(n.path("next"))
	if err != nil {
		return err
	}
	_, err = f.Write(make([]byte, durableNote))
	if err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(n.path("next"), n.path("state"))
	}
	if err == nil {
		err = n.sync()
	}
	return err
}

// sync syncs the folder.
func (n notes) sync() error {
	f, err := os.Open(n.dir)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}

// fill writes the file: what is there of it, and what move moves.
func (n notes) fill(rest []byte, size int64, move func(f *os.File, n int64) error) error {
	f, err := os.Create(n.path("part"))
	if err != nil {
		return err
	}
	defer f.Close()
	if err := reserve(f, size); err != nil { // as a job does
		return err
	}
	if _, err := f.Write(rest); err != nil {
		return err
	}
	done := int64(len(rest))
	for part := int64(durablePart); ; part += durablePart {
		if part = min(part, size); part > done {
			if err := move(f, part-done); err != nil {
				return err
			}
			done = part
		}
		if err := f.Sync(); err != nil {
			return err
		}
		if err := n.note(); err != nil {
			return err
		}
		if done == size {
			return nil
		}
	}
}

// end gives the file its name and removes the note, durably both.
func (n notes) end() error {
	if err := os.Rename(n.path("part"), n.path("file")); err != nil {
		return err
	}
	if err := n.sync(); err != nil {
		return err
	}
	if err := os.Remove(n.path("state")); err != nil {
		return err
	}
	return n.sync()
}
