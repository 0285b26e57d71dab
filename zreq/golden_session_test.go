package zreq_test

import (
	"context"
	"strings"
	"time"

	"github.com/zreq-go/zreq/zreq"
)

// sessionScenarios reuse the connections of a Session.
func sessionScenarios() []scenario {
	after := func(d time.Duration, method string, pool zreq.PoolLimits) func(g *golden) {
		return func(g *golden) {
			g.share(&zreq.Session{Pool: pool})
			g.get("/1", nil)
			time.Sleep(d)
			g.do(method, "/2", nil)
		}
	}
	keepAlive := func(value string) []step {
		return turn("HTTP/1.1 200 OK\r\nKeep-Alive: " + value + "\r\nContent-Length: 2\r\n\r\nok")
	}
	dies := then(turn(ok), []step{hears(), shuts()})
	return []scenario{
		{name: "session-reuse", conns: [][]step{then(turn(ok), turn(byChunks("again")))}, play: after(time.Second, "GET", zreq.PoolLimits{})},
		{name: "session-stale-idle", conns: [][]step{then(turn(ok), []step{shuts()}), turn(ok)}, play: after(time.Second, "GET", zreq.PoolLimits{})},
		{name: "session-stale-sent", conns: [][]step{dies, turn(ok)}, play: after(time.Second, "GET", zreq.PoolLimits{})},
		{name: "session-stale-post", conns: [][]step{dies}, play: after(time.Second, "POST", zreq.PoolLimits{})},
		{name: "session-keepalive-timeout", conns: [][]step{keepAlive("timeout=5"), turn(ok)}, play: after(4600*time.Millisecond, "GET", zreq.PoolLimits{})},
		{name: "session-keepalive-max", conns: [][]step{keepAlive("timeout=5, max=0"), turn(ok)}, play: after(time.Second, "GET", zreq.PoolLimits{})},
		{name: "session-idle-age", conns: [][]step{turn(ok), turn(ok)}, play: after(3*time.Second, "GET", zreq.PoolLimits{IdleAge: 2 * time.Second})},
		{name: "session-asks-close", conns: [][]step{turn(ok)}, play: func(g *golden) {
			g.share(&zreq.Session{})
			g.get("/x", &zreq.Args{Headers: zreq.Headers{{"Connection", "close"}}})
		}},
		{name: "session-worn", conns: [][]step{then(turn(ok), turn(ok))}, play: after(time.Second, "GET", zreq.PoolLimits{Requests: 2})},
		{name: "session-keeps-none", conns: [][]step{turn(ok), turn(ok)}, play: after(time.Second, "GET", zreq.PoolLimits{Idle: -1})},
		{name: "session-defaults", conns: [][]step{turn(ok)}, play: func(g *golden) {
			g.share(&zreq.Session{Headers: zreq.Headers{{"A", "session"}, {"B", "session"}}, Auth: zreq.Bearer("token"), Timeouts: zreq.Timeouts{Write: time.Second}})
			g.get("/x", &zreq.Args{Headers: zreq.Headers{{"b", "call"}}})
		}},
		{name: "session-closes", conns: [][]step{turn(ok), turn(ok)}, play: func(g *golden) {
			g.share(&zreq.Session{})
			g.get("/1", nil)
			g.session.CloseIdle()
			g.log("stats %+v", g.session.Stats())
			g.get("/2", nil)
			g.log("Close: %v", g.session.Close())
			g.get("/3", nil)
		}},
		{name: "session-closed-dial", conns: [][]step{{dawdles(time.Second)}}, play: func(g *golden) {
			g.share(&zreq.Session{})
			wait := g.beside(func() { g.get("/x", nil) })
			time.Sleep(time.Second / 2)
			g.log("Close: %v", g.session.Close())
			wait()
		}},
		{name: "session-closed-stream", conns: [][]step{turn("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n0123")}, play: func(g *golden) {
			g.share(&zreq.Session{})
			g.stream("/x", nil, func(r *zreq.Response) error {
				g.log("Close: %v", g.session.Close())
				_, err := r.ReadN(8)
				return err
			})
		}},
	}
}

// poolScenarios share too few connections.
func poolScenarios() []scenario {
	one := func() *zreq.Session { return &zreq.Session{Pool: zreq.PoolLimits{OpenPerOrigin: 1}} }
	body := "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbo"
	// held makes calls while a Stream has the one connection.
	held := func(g *golden, s *zreq.Session, during func(r *zreq.Response)) {
		g.share(s)
		g.stream("/held", nil, func(r *zreq.Response) error {
			during(r)
			p, err := r.ReadN(-1)
			g.log("ReadN %s", shown(p))
			return err
		})
	}
	return []scenario{
		{name: "pool-wait", conns: [][]step{then(turn(body, "dy"), turn(ok))}, play: func(g *golden) {
			wait := func() {}
			held(g, one(), func(*zreq.Response) {
				wait = g.beside(func() { g.get("/waits", nil) })
				g.log("stats %+v", g.session.Stats())
				time.Sleep(time.Second)
			})
			wait()
		}},
		{name: "pool-order", conns: [][]step{then(turn(body, "dy"), turn(ok), turn(ok))}, play: func(g *golden) {
			first, second := func() {}, func() {}
			held(g, one(), func(*zreq.Response) {
				first = g.beside(func() { g.get("/first", nil) })
				second = g.beside(func() { g.get("/second", nil) })
				g.log("stats %+v", g.session.Stats())
			})
			first()
			second()
		}},
		{name: "pool-wait-broken", conns: [][]step{turn(body), turn(ok)}, play: func(g *golden) {
			wait := func() {}
			held(g, one(), func(r *zreq.Response) {
				wait = g.beside(func() { g.get("/waits", nil) })
				_ = r.Close()
			})
			wait()
		}},
		{name: "pool-wait-timeout", conns: [][]step{turn(body, "dy")}, play: func(g *golden) {
			held(g, one(), func(*zreq.Response) { g.get("/late", &zreq.Args{Timeouts: zreq.Timeouts{Wait: time.Second}}) })
		}},
		{name: "pool-wait-context", conns: [][]step{turn(body, "dy")}, play: func(g *golden) {
			held(g, one(), func(*zreq.Response) {
				ctx, cancel := context.WithTimeout(context.Background(), time.Second)
				defer cancel()
				g.doWithin(ctx, "GET", "/late", nil)
			})
		}},
		{name: "pool-wait-closed", conns: [][]step{turn(body, "dy")}, play: func(g *golden) {
			held(g, one(), func(*zreq.Response) {
				wait := g.beside(func() { g.get("/waits", nil) })
				g.log("Close: %v", g.session.Close())
				wait()
			})
		}},
		{name: "pool-evict", conns: [][]step{turn(ok), turn(ok), turn(ok)}, play: func(g *golden) {
			g.share(&zreq.Session{Pool: zreq.PoolLimits{Open: 2}})
			g.get("/1", nil)
			time.Sleep(time.Second)
			g.get("//device.test:81/2", nil)
			time.Sleep(time.Second)
			g.get("//device.test:82/3", nil)
		}},
		{name: "pool-newest", conns: [][]step{turn(body, "dy"), then(turn(body, "dy"), turn(ok))}, play: func(g *golden) {
			g.share(&zreq.Session{})
			g.stream("/1", nil, func(r *zreq.Response) error {
				g.stream("/2", nil, func(*zreq.Response) error { return r.Close() })
				return nil
			})
			g.log("stats %+v", g.session.Stats())
			time.Sleep(time.Second)
			g.get("/3", nil)
		}},
		{name: "pool-idle-limit", conns: [][]step{turn(ok), turn(ok)}, play: func(g *golden) {
			g.share(&zreq.Session{Pool: zreq.PoolLimits{Idle: 1}})
			g.get("/1", nil)
			time.Sleep(time.Second)
			g.get("//device.test:81/2", nil)
		}},
		{name: "pool-open-wait", conns: [][]step{turn(body, "dy"), turn(ok)}, play: func(g *golden) {
			wait := func() {}
			held(g, &zreq.Session{Pool: zreq.PoolLimits{Open: 1}}, func(*zreq.Response) {
				wait = g.beside(func() { g.get("//device.test:81/waits", nil) })
				time.Sleep(time.Second)
			})
			wait()
		}},
	}
}

// retryScenarios are attempts of a Session. The random waits are microseconds, which no
// trace shows, or none.
func retryScenarios() []scenario {
	soon := zreq.Retry{Wait: time.Microsecond}
	busy := "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nbusy"
	later := "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 2\r\nContent-Length: 0\r\n\r\n"
	call := func(method string, r zreq.Retry, args zreq.Args) func(g *golden) {
		return func(g *golden) {
			g.share(&zreq.Session{Retry: r})
			g.do(method, "/x", &args)
		}
	}
	text := func() zreq.Args { return zreq.Args{Body: strings.NewReader("text")} }
	return []scenario{
		{name: "retry-dial", conns: [][]step{{refuse()}, {refuse()}, turn(ok)}, play: call("GET", soon, zreq.Args{})},
		{name: "retry-503", conns: [][]step{then(turn(busy), turn(ok))}, play: call("GET", soon, zreq.Args{})},
		{name: "retry-after", conns: [][]step{then(turn(later), turn(ok))}, play: call("GET", zreq.Retry{Wait: -1}, zreq.Args{})},
		{name: "retry-out", conns: [][]step{then(turn(busy), turn(busy), turn(busy))}, play: call("GET", zreq.Retry{Attempts: 3, Wait: time.Microsecond}, zreq.Args{})},
		{name: "retry-time", conns: [][]step{then(turn(later), turn(later))}, play: call("GET", zreq.Retry{Wait: -1, Time: 3 * time.Second}, zreq.Args{})},
		{name: "retry-budget", conns: [][]step{then(turn(busy), turn(busy))}, play: func(g *golden) {
			g.share(&zreq.Session{Retry: zreq.Retry{Wait: -1}, RetryBudget: 1}) // whose next retry is a minute less the wait away
			g.get("/x", nil)
		}},
		{name: "retry-off", conns: [][]step{turn(busy)}, play: call("GET", zreq.Retry{Attempts: -1}, zreq.Args{})},
		{name: "retry-post", conns: [][]step{turn(busy)}, play: func(g *golden) { call("POST", soon, text())(g) }},
		{
			name: "retry-put", conns: [][]step{{hears(), hearsTo("text"), breaks()}, {hears(), hearsTo("text"), tells(ok)}},
			play: func(g *golden) { call("PUT", soon, text())(g) },
		},
		{name: "retry-idempotent", conns: [][]step{{hears(), hearsTo("text"), drops()}, {hears(), hearsTo("text"), tells(ok)}}, play: func(g *golden) {
			args := text()
			args.Idempotent = true
			call("POST", soon, args)(g)
		}},
		{
			name: "retry-truncated", conns: [][]step{then(turn("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n0123"), []step{drops()}), turn(ok)},
			play: call("GET", soon, zreq.Args{}),
		},
		{
			name: "retry-shown", conns: [][]step{then(turn("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n0123"), []step{drops()})},
			play: call("GET", soon, zreq.Args{StreamCallback: func([]byte) error { return nil }, StreamChunk: 2}),
		},
		{name: "retry-cancelled", conns: [][]step{turn(later)}, play: func(g *golden) {
			g.share(&zreq.Session{Retry: zreq.Retry{Wait: -1}})
			ctx, cancel := context.WithCancel(context.Background())
			wait := g.beside(func() { g.doWithin(ctx, "GET", "/x", nil) })
			time.Sleep(time.Second)
			cancel()
			wait()
		}},
		{name: "retry-closed", conns: [][]step{turn(later)}, play: func(g *golden) {
			g.share(&zreq.Session{Retry: zreq.Retry{Wait: -1}})
			wait := g.beside(func() { g.get("/x", nil) })
			time.Sleep(time.Second)
			g.log("Close: %v", g.session.Close())
			wait()
		}},
		{name: "retry-context", conns: [][]step{turn(later)}, play: func(g *golden) {
			g.share(&zreq.Session{Retry: zreq.Retry{Wait: -1}})
			ctx, cancel := context.WithTimeout(context.Background(), time.Second)
			defer cancel()
			g.doWithin(ctx, "GET", "/x", nil)
		}},
	}
}
