// Package realtest tests zreq against the servers and proxies that devices meet: nginx,
// Apache, lighttpd, HAProxy and others, as Debian builds them.
//
//	bash .ci/run real                            # installs them and runs the tests
//	cd netdriver/realtest && go test -run /nginx # once they are installed
//
// It is a module of its own, so that what the tests need is in nobody's go.mod. It has
// only tests, and what they share. They need Linux and root. A server that is not
// installed is a failure.
//
// The tests run in namespaces of their own (space.go): with a network in which there
// is only a loopback, with a temporary file system, and with the test as process 1. When
// the test ends in whatever way, the kernel ends all servers, and no file is left behind.
// Inside, servers listen on 127.0.0.2 (serverHost), and the origins, which are part of the
// test process, on 127.0.0.1.
//
// tusd, which is a library, and a client that is to be killed run as processes of the test binary
// itself (programs in tusd.go).
//
// To add a server, write a file that configures and starts it, as nginx.go and
// squid.go do, and add it to the table in web_test.go or proxies_test.go. To add a
// job, add a function to the table of jobs there. What web servers and proxies have in
// common is in jobs.go, as methods of a peer.
package realtest
