"""How clients prove who they are (RFC 6749 section 2.3): one method a file."""
