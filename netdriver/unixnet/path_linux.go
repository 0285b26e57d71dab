package unixnet

// hasAbstract says whether there are sockets that are not files.
const hasAbstract = true
