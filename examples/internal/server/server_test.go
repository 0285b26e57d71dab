package server_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/examples/internal/server"
)

func TestServer(t *testing.T) {
	is := is.New(t)
	srv, err := server.Start()
	is.NoErr(err) // the loopback is there
	defer srv.Close()
	client := &http.Client{Transport: &http.Transport{MaxIdleConns: 1}}
	defer client.CloseIdleConnections()

	var manifest server.Manifest
	is.NoErr(json.Unmarshal(fetch(t, client, srv.URL()+"/manifest.json", ""), &manifest)) // the manifest is JSON
	whole := fetch(t, client, srv.URL()+"/image", "")
	sum := sha256.Sum256(whole)
	is.Equal(int64(len(whole)), manifest.Size)            // the image is as long as the manifest says
	is.Equal(hex.EncodeToString(sum[:]), manifest.SHA256) // and is the one it names
	is.Equal(manifest.Size, int64(16<<20))                // 16 MiB
	part := fetch(t, client, srv.URL()+"/image", "bytes=1001-5096")
	is.Equal(string(part), string(whole[1001:5097])) // a range is cut out of the same bytes

	is.Equal(srv.Connections(), 1) // one connection carried it all
	is.Equal(srv.Seen(), []string{
		"connection 1: GET /manifest.json",
		"connection 1: GET /image",
		"connection 1: GET /image",
	}) // every request is noted with its connection
}

func fetch(t *testing.T, client *http.Client, url, byteRange string) []byte {
	t.Helper()
	is := is.New(t)
	req, err := http.NewRequest("GET", url, nil)
	is.NoErr(err) // the URL is sound
	if byteRange != "" {
		req.Header.Set("Range", byteRange)
	}
	resp, err := client.Do(req)
	is.NoErr(err) // the server answers
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	is.NoErr(err) // the body is whole
	return body
}
