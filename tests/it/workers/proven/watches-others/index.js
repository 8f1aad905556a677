export default { async tail(events) { await fetch('https://logs.example.net', { method: 'POST', body: JSON.stringify(events) }); } };
