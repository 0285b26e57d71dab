package comments

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"time"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/stdnet"
	"github.com/zreq-go/zreq/netdriver/tlsnet"
	"github.com/zreq-go/zreq/netdriver/tlsnet/tlstest"
)

// authority certifies every https server of the comments.
var authority *tlstest.Authority

// startWorld makes one server in this process the host of every URL.
func startWorld() (stop func(), err error) {
	if authority, err = tlstest.NewAuthority(); err != nil {
		return nil, err
	}
	config, err := authority.Server("example.org", "updates.example", "fleet.example", "gateway.local")
	if err != nil {
		return nil, err
	}
	secure := httptest.NewUnstartedServer(routes())
	secure.TLS = config
	secure.Config.ErrorLog = log.New(io.Discard, "", 0) // a client that refuses a pin is no news
	secure.StartTLS()
	plain := httptest.NewServer(routes())
	netdriver.Register("everywhere", &everywhere{plain: plain.Listener.Addr().String(), secure: secure.Listener.Addr().String()})
	useDefaults()
	return func() {
		secure.Close()
		plain.Close()
	}, nil
}

// useDefaults takes back what a comment has set for the program.
func useDefaults() {
	if err := netdriver.SetDefault("everywhere"); err != nil {
		panic(err)
	}
	netdriver.SetTLS(tlsnet.New(&tlsnet.Config{RootCAs: authority.Pool()}))
}

// everywhere is a driver that dials one server, whatever the address is.
type everywhere struct {
	tcp           stdnet.Driver
	plain, secure string
}

func (e *everywhere) Dial(ctx context.Context, network, address string) (netdriver.Conn, error) {
	to := e.plain
	if strings.HasSuffix(address, ":443") {
		to = e.secure
	}
	return e.tcp.Dial(ctx, network, to)
}

var (
	image = bytes.Repeat([]byte("firmware"), 1<<10)
	sum   = digestOf(image)
)

func digestOf(b []byte) []byte {
	sum := sha256.Sum256(b)
	return sum[:]
}

func routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		_, _ = fmt.Fprint(w, r.Method, " ", r.URL.Path)
	})
	mux.HandleFunc("/firmware.bin", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"7"`)
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(image))
	})
	mux.HandleFunc("/snapshot.jpg", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "" {
			w.Header().Set("WWW-Authenticate", `Digest realm="yard", nonce="7", qop="auth", algorithm=SHA-256`)
			w.WriteHeader(http.StatusUnauthorized)
		}
	})
	mux.HandleFunc("/stream", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "multipart/x-mixed-replace; boundary=frame")
		_, _ = io.WriteString(w, "--frame\r\n\r\none\r\n--frame\r\n\r\ntwo\r\n--frame--\r\n")
	})
	mux.HandleFunc("/hangs", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "multipart/x-mixed-replace; boundary=frame")
		_, _ = io.WriteString(w, "--frame\r\nContent-Length: 5\r\n\r\nfirst")
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	})
	mux.HandleFunc("PUT /recordings/", func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.WriteHeader(http.StatusCreated)
	})
	mux.HandleFunc("/files/", takeFiles)
	return mux
}

// takeFiles is a server that speaks tus, and forgets what it gets.
func takeFiles(w http.ResponseWriter, r *http.Request) {
	n, _ := io.Copy(io.Discard, r.Body)
	w.Header().Set("Tus-Resumable", "1.0.0")
	switch r.Method {
	case "OPTIONS":
		w.Header().Set("Tus-Version", "1.0.0")
		w.Header().Set("Tus-Extension", "creation")
		w.WriteHeader(http.StatusNoContent)
	case "POST":
		w.Header().Set("Location", "/files/1")
		w.WriteHeader(http.StatusCreated)
	case "PATCH":
		from, _ := strconv.ParseInt(r.Header.Get("Upload-Offset"), 10, 64)
		w.Header().Set("Upload-Offset", strconv.FormatInt(from+n, 10))
		w.WriteHeader(http.StatusNoContent)
	}
}
