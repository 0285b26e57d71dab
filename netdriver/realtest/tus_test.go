package realtest

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/upload"
	"github.com/zreq-go/zreq/upload/tus"
	"github.com/zreq-go/zreq/zreq"
)

// random is size bytes from a seed.
func random(size int) []byte {
	p := make([]byte, size)
	_, _ = rand.NewChaCha8([32]byte{}).Read(p)
	return p
}

// TestTusKills: a server and a client that are killed 20 times each, and a server that has
// lost what it wrote last. The file is whole, and little was sent twice.
func TestTusKills(t *testing.T) {
	is := is.New(t)
	const size, kills, lost = 100 << 20, 20, 64 << 10
	content := random(size)
	dir := folder(t)
	path := write(t, dir, "recording", string(content))
	server := startTusd(t)
	line := plug(t, server.address, 0)
	client := start(t, dir, nil, "/proc/self/exe", "upload", "http://"+line.address+"/files/", path, filepath.Join(dir, "state"))
	truncated := int64(0)
	for i, at := range cuts(2*kills, size-2<<20) {
		await(t, "the server has some more", func() bool {
			client.alive(t)
			return server.size(t) >= at
		})
		if i%2 == 0 {
			client.restart(t)
			continue
		}
		server.stop(t)
		if i%8 == 1 {
			server.shorten(t, lost)
			truncated += lost
		}
		server.run(t)
	}
	select {
	case <-client.ended:
	case <-time.After(patience):
		t.Fatal("the client does not end")
	}
	is.Equal(client.cmd.ProcessState.ExitCode(), 0)
	client.cmd = nil
	is.True(bytes.Equal(read(t, server.upload(t)), content))
	const buffers = 2*2*socketBuffer + 32<<10 // of the cable and of tusd, and what the cable holds
	again := line.taken.Load() - size - truncated
	t.Logf("%d bytes were sent twice, after %d cuts", again, 2*kills)
	is.True(again <= 2*kills*(buffers+64<<10))
}

// cuts returns n offsets below size, in order.
func cuts(n int, size int64) []int64 {
	list := make([]int64, n)
	for i := range list {
		list[i] = rand.N(size)
	}
	slices.Sort(list)
	return list
}

// tusFile is a FileSource of content.
func tusFile(t *testing.T, content []byte) *upload.FileSource {
	t.Helper()
	file, err := upload.Open(write(t, folder(t), "recording", string(content)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	return file
}

var quick = tus.Retry{Attempts: 30, Wait: time.Millisecond, MaxWait: 50 * time.Millisecond}

// TestTusBehindNginx: nginx stores a request before it passes it on, so that of one that is
// cut nothing arrives, and takes none of more than 16 MiB.
func TestTusBehindNginx(t *testing.T) {
	for name, cutAt := range map[string]int64{"too large": 0, "cut": 12 << 20} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			content := random(30 << 20)
			server := startTusd(t)
			proxy := startNginx(t, server.address)
			line := plug(t, proxy.plain, cutAt)
			session := &zreq.Session{}
			defer session.Close()
			call := upload.Args{Session: session}
			if cutAt > 0 {
				call.ExpectFrom = -1 // so that nginx cannot say before that it is too large
			}
			result, err := tus.Upload(t.Context(), "http://"+line.address+"/files/", tusFile(t, content), &tus.Args{Call: call, Retry: quick})
			is.NoErr(err)
			is.True(bytes.Equal(read(t, server.upload(t)), content))
			t.Logf("%d bytes were sent in %d requests", result.Sent, result.Attempts)
			is.True(result.Sent <= 100<<20)
		})
	}
}

// TestTus: what tusd says of itself, metadata, a small file, an empty one, and the removal.
func TestTus(t *testing.T) {
	is := is.New(t)
	server := startTusd(t)
	endpoint := "http://" + server.address + "/files/"
	found, err := tus.Discover(t.Context(), endpoint, nil)
	is.NoErr(err)
	is.True(found.Has("creation") && found.Has("creation-with-upload") && found.Has("termination"))
	store := tus.StateFile(filepath.Join(folder(t), "state"))
	for _, content := range []string{"", "a small one", strings.Repeat("a larger one ", 10_000)} {
		args := &tus.Args{
			Server: found, Store: store, PartSize: 50_000,
			Metadata: [][2]string{{"filename", "Tür 1, offen"}, {"empty", ""}},
		}
		source := tusFile(t, []byte(content))
		result, err := tus.Upload(t.Context(), endpoint, source, args)
		is.NoErr(err)
		is.Equal(string(read(t, server.upload(t))), content)
		info := string(read(t, server.upload(t)+".info"))
		is.True(strings.Contains(info, `"filename":"Tür 1, offen"`))
		is.True(strings.Contains(info, `"empty":""`))
		again, err := tus.Upload(t.Context(), endpoint, source, args)
		is.NoErr(err)
		is.Equal(again.Sent, int64(0)) // it is there
		is.Equal(again.URL, result.URL)
		is.NoErr(tus.Terminate(t.Context(), endpoint, args))
		is.Equal(server.upload(t), "")
	}
	_, err = tus.Upload(t.Context(), "http://"+server.address+"/elsewhere/", strings.NewReader("x"), nil)
	is.True(errors.Is(err, tus.ErrNotTus))
}
