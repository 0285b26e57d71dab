package roundtrip_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"

	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/roundtrip"
)

func ExampleTransport() {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/old" {
			http.Redirect(w, r, "/new", http.StatusFound)
			return
		}
		fmt.Fprint(w, "version 7")
	}))
	defer srv.Close()

	session := &zreq.Session{}
	defer session.Close()
	client := &http.Client{Transport: &roundtrip.Transport{Session: session}}
	resp, err := client.Get(srv.URL + "/old")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	fmt.Println(resp.Request.URL.Path, resp.Status, string(text), err)
	fmt.Println(session.Stats().Dialled, "connection")
	// Output:
	// /new 200 OK version 7 <nil>
	// 1 connection
}
