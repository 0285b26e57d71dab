package realtest

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/upload"
	"github.com/zreq-go/zreq/upload/spool"
)

// recorded makes a card with so many recordings. It returns their names and contents.
func recorded(t *testing.T, n int) (card string, names []string, contents [][]byte) {
	card = folder(t)
	if err := os.Mkdir(filepath.Join(card, "recorded"), 0o777); err != nil {
		t.Fatal(err)
	}
	noise := random(8 << 20)
	for i := range n {
		content := noise[i*1000 : i*1000+i%5*200_000+i] // the first one is empty
		name := fmt.Sprintf("%02d segment.ts", i)
		write(t, filepath.Join(card, "recorded"), name, string(content))
		names, contents = append(names, name), append(contents, content)
	}
	return card, names, contents
}

// device starts a process that sends what is on a card. Then it kills the process and the
// server in turn, each time when the server has one file more, and lets the process end.
func device(t *testing.T, restart func(), kills int, files func() int, args ...string) {
	t.Helper()
	c := start(t, folder(t), nil, "/proc/self/exe", append([]string{"spool"}, args...)...)
	for i := range kills {
		before := files()
		await(t, "the server has one more", func() bool {
			c.alive(t)
			return files() > before
		})
		if i%2 == 0 {
			c.restart(t)
		} else {
			restart()
		}
	}
	select {
	case <-c.ended:
	case <-time.After(patience):
		t.Fatal("the device does not end")
	}
	if code := c.cmd.ProcessState.ExitCode(); code != 0 {
		t.Errorf("exit code %d: %s", code, c.output(t))
	}
	c.cmd = nil
	left, err := filepath.Glob(filepath.Join(args[1], "*", "*-*"))
	is.New(t).NoErr(err)
	is.New(t).Equal(len(left), 1) // the marker
}

// TestSpool: nginx and the device are killed in turn. Each file is there and whole, and they
// have come in order.
func TestSpool(t *testing.T) {
	is := is.New(t)
	card, names, contents := recorded(t, 40)
	server := startNginx(t, "127.0.0.1:1")
	files := func() int {
		found, err := filepath.Glob(filepath.Join(server.dav, "*.ts"))
		is.NoErr(err)
		return len(found)
	}
	restart := func() {
		server.stop(t)
		is.NoErr(os.Remove(server.socket)) // nginx was killed, and does not bind it again
		server.run(t)
	}
	device(t, restart, 12, files, "http://"+server.plain+"/dav/", card, "put")
	var last time.Time
	for i, name := range names {
		is.True(bytes.Equal(read(t, filepath.Join(server.dav, name)), contents[i]))
		info, err := os.Stat(filepath.Join(server.dav, name))
		is.NoErr(err)
		is.True(!info.ModTime().Before(last)) // also if it was sent again
		last = info.ModTime()
	}
}

// TestSpoolTus: the same by tus.
func TestSpoolTus(t *testing.T) {
	is := is.New(t)
	card, names, contents := recorded(t, 20)
	server := startTusd(t)
	uploads := func() (infos []string) {
		infos, err := filepath.Glob(filepath.Join(server.files, "*.info"))
		is.NoErr(err)
		return infos
	}
	device(t, func() { server.restart(t) }, 8, func() int { return len(uploads()) }, "http://"+server.address+"/files/", card, "tus")
	arrived := map[string]int{}
	for _, info := range uploads() {
		content := read(t, strings.TrimSuffix(info, ".info"))
		for i, name := range names {
			if strings.Contains(string(read(t, info)), `"filename":"`+name+`"`) && bytes.Equal(content, contents[i]) {
				arrived[name]++
			}
		}
	}
	is.Equal(len(arrived), len(names))
	t.Logf("%d uploads for %d files", len(uploads()), len(names))
	is.True(len(uploads()) <= len(names)+8) // a creation whose answer was lost is made again
}

// TestSpoolRefused: what nginx says of a file that is too large, and of a place that takes
// none.
func TestSpoolRefused(t *testing.T) {
	server := startNginx(t, "127.0.0.1:1")
	for path, tt := range map[string]struct {
		outcome spool.Outcome
		status  int
	}{
		"/little/clip":   {spool.SetAside, 413},
		"/dav/":          {spool.PassedOver, 409},
		"/dav/none/clip": {spool.PassedOver, 500},
		"/clip":          {spool.PassedOver, 405},
	} {
		t.Run(path, func(t *testing.T) {
			is := is.New(t)
			dir := folder(t)
			var last spool.Event
			s, err := spool.Open(filepath.Join(dir, "spool"), &spool.Args{
				URL:    func(spool.File, *upload.Args) string { return "http://" + server.plain + path },
				Upload: upload.Args{Method: "PUT"}, Tries: 1,
				Report: func(e spool.Event) { last = e },
			})
			is.NoErr(err)
			defer s.Close()
			_, err = s.Add(write(t, dir, "clip", string(random(3<<20))))
			is.NoErr(err)
			err = s.Drain(t.Context())
			is.Equal(err == nil, tt.outcome == spool.SetAside)
			is.Equal(last.Outcome, tt.outcome)
			var said *spool.StatusError
			is.True(errors.As(last.Err, &said))
			is.Equal(said.Status, tt.status)
		})
	}
}
