export default { async email(message) { await message.forward('inbox@example.com'); } };
