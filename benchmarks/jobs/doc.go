// Package jobs has the cases that zreq and its peers are measured by: a table of clients and
// tasks, and what is no request of one client to the origin, such as parsers, downloads that
// survive a power cut, and a link that breaks.
package jobs
